import Autosuggest from "@cloudscape-design/components/autosuggest";
import Select from "@cloudscape-design/components/select";
import { share } from "../../../lib/numbers";
import type { FieldProps } from "./Field";
import type { Value } from "./row";

const MISSING = "";

/** One of the values that training saw; where others may come too, any text. */
export function Choices({ field, value, set }: FieldProps) {
  const known = field.choices.map((choice) => ({ value: choice.value, label: choice.value, description: choice.share === null ? "" : `${share(choice.share)} of training` }));
  const whole = field.distinct === null || field.distinct <= field.choices.length;
  if (field.open && !whole) {
    return (
      <Autosuggest
        ariaLabel={field.name}
        value={value === null ? "" : String(value)}
        options={known}
        placeholder="missing"
        enteredTextLabel={(text) => `Use “${text}”`}
        onChange={({ detail }) => set(detail.value === "" ? null : detail.value)}
      />
    );
  }
  const boolean = field.kind === "boolean" && known.length === 0;
  const options = [...(boolean ? [{ value: "true", label: "true" }, { value: "false", label: "false" }] : known), { value: MISSING, label: "missing" }];
  const chosen = options.find((option) => option.value === (value === null ? MISSING : String(value)));
  return (
    <Select
      ariaLabel={field.name}
      options={options}
      selectedOption={chosen ?? { value: String(value), label: String(value) }}
      onChange={({ detail }) => set(typed(field.kind, detail.selectedOption.value ?? MISSING))}
    />
  );
}

function typed(kind: string, text: string): Value {
  if (text === MISSING) return null;
  return kind === "boolean" && (text === "true" || text === "false") ? text === "true" : text;
}
