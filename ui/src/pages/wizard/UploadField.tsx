import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { bytes } from "../../lib/numbers";
import type { FieldProps } from "./SourceField";
import { useUpload } from "./useUpload";

const KINDS = ".csv,.tsv,.txt,.gz,.zip,.xlsx,.xls,.parquet,.jsonl,.ndjson,.json,.arrow,.feather,.arff";

export function UploadField({ source, onSource, error }: FieldProps) {
  const { file, sent, failure, take } = useUpload(onSource);
  return (
    <SpaceBetween size="s">
      <FormField
        label="Data file"
        description="One row per past case, one column for each thing that was known, and one for how it turned out. It stays on your server."
      >
        <FileUpload
          accept={KINDS}
          value={file ? [file] : []}
          onChange={({ detail }) => take(detail.value[0])}
          showFileSize
          errorText={failure ?? (file ? undefined : error)}
          constraintText={!file && source ? "Uploaded already; choose another file to replace it." : undefined}
          i18nStrings={{
            uploadButtonText: () => "Choose a file",
            dropzoneText: () => "Drop the file here",
            removeFileAriaLabel: () => "Remove the file",
            limitShowFewer: "Fewer",
            limitShowMore: "More",
            errorIconAriaLabel: "Error",
          }}
        />
      </FormField>
      {file && !failure && (
        <ProgressBar
          label={source ? "Uploaded" : "Uploading"}
          value={file.size ? (100 * sent) / file.size : 0}
          additionalInfo={`${bytes(sent)} of ${bytes(file.size)}`}
          status={source ? "success" : "in-progress"}
          resultText="The file has arrived."
        />
      )}
    </SpaceBetween>
  );
}
