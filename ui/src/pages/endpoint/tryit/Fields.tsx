import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { InputForm } from "../../../client/schema";
import { plural } from "../../../lib/numbers";
import { Field } from "./Field";
import { ranked, type Row, type Value } from "./row";

const FIRST = 8; // fields on show at once

interface Props {
  form: InputForm;
  row: Row;
  set: (name: string, value: Value) => void;
}

/** The form, made from what the model asks for: what counts most on top. */
export function Fields({ form, row, set }: Props) {
  const fields = ranked(form.fields);
  const shown = (from: number, to?: number) =>
    fields
      .slice(from, to)
      .map((field) => <Field key={field.name} field={field} value={row[field.name] ?? null} set={(value) => set(field.name, value)} />);
  const more = fields.length - FIRST;
  return (
    <SpaceBetween size="l">
      {shown(0, FIRST)}
      {more > 0 && (
        <ExpandableSection headerText={`${plural(more, "more field")}, less important to the model`}>
          <SpaceBetween size="l">{shown(FIRST)}</SpaceBetween>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}
