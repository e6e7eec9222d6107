import FormField from "@cloudscape-design/components/form-field";
import type { InputField } from "../../../client/schema";
import { number, share } from "../../../lib/numbers";
import { Choices } from "./Choices";
import { Sliding } from "./Sliding";
import { Typed } from "./Typed";
import type { Value } from "./row";

export interface FieldProps {
  field: InputField;
  value: Value;
  set: (value: Value) => void;
}

/** One column of the case, with the control that fits it. */
export function Field(props: FieldProps) {
  const { field } = props;
  return (
    <FormField label={<span className="breakable">{field.name}</span>} constraintText={usual(field)} stretch>
      <Control {...props} />
    </FormField>
  );
}

function Control(props: FieldProps) {
  switch (props.field.control) {
    case "slider":
      return <Sliding {...props} />;
    case "select":
    case "switch":
      return <Choices {...props} />;
    default:
      return <Typed {...props} />;
  }
}

/** What training knew of the column. */
function usual({ low, high, missing, importance }: InputField): string {
  const said = (value: number | string) => (typeof value === "number" ? number(value) : value);
  const range = low !== null && high !== null && low !== high ? `mostly ${said(low)} to ${said(high)}` : "";
  const gaps = missing > 0 ? `${share(missing)} missing in training` : "";
  const unused = importance === 0 ? "hardly counts for the model" : "";
  return [range, gaps, unused].filter(Boolean).join("; ");
}
