import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";

export interface FieldProps {
  source: string;
  onSource: (source: string) => void;
  error?: string;
}

export function SourceField({ source, onSource, error }: FieldProps) {
  return (
    <FormField
      label="Source"
      description="The table's address, or the number of a public data set."
      constraintText="https://…, s3://bucket/key, openml:1461, uci:222, sklearn:breast_cancer, or the path of a file beside the server."
      errorText={error}
    >
      <Input value={source} placeholder="openml:1461" onChange={({ detail }) => onSource(detail.value.trim())} />
    </FormField>
  );
}
