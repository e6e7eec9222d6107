import { FileField } from "../../components/FileField";
import type { FieldProps } from "./SourceField";

const KINDS = ".csv,.tsv,.txt,.gz,.zip,.xlsx,.xls,.parquet,.jsonl,.ndjson,.json,.arrow,.feather,.arff";

export function UploadField(props: FieldProps) {
  return (
    <FileField
      label="Data file"
      description="One row per past case, one column for each thing that was known, and one for how it turned out. It stays on your server."
      accept={KINDS}
      already="Uploaded already; choose another file to replace it."
      {...props}
    />
  );
}
