import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import type { Draft, NumberField, NumberName } from "./draft";

interface Props {
  title: string;
  fields: readonly NumberField[];
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  wrong: Partial<Record<NumberName, string>>;
}

export function NumberFields({ title, fields, draft, change, wrong }: Props) {
  return (
    <div role="group" aria-label={title}>
      <Box variant="h3">{title}</Box>
      <ColumnLayout columns={3} minColumnWidth={220}>
        {fields.map(({ name, label, help }) => (
          <FormField key={name} label={label} description={help} errorText={wrong[name]}>
            <Input inputMode="decimal" value={draft[name]} onChange={({ detail }) => change({ [name]: detail.value })} />
          </FormField>
        ))}
      </ColumnLayout>
    </div>
  );
}
