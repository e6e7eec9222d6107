import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";

/** The reason of a change. */
export function Why({ value, onChange }: { value: string; onChange: (why: string) => void }) {
  return (
    <FormField label="Why" description="For those who come after; it stays in the history.">
      <Input value={value} onChange={({ detail }) => onChange(detail.value)} />
    </FormField>
  );
}
