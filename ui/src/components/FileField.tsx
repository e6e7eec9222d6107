import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { bytes } from "../lib/numbers";
import { useUpload } from "../lib/useUpload";

interface Props {
  label: string;
  description: string;
  /** Endings of the files that fit. */
  accept: string;
  /** What the API calls the file, once all of it has arrived. */
  source: string;
  onSource: (source: string) => void;
  /** What is wrong with the field as it stands; a file that has been chosen says so itself. */
  error?: string | undefined;
  /** What is said while a file of before is in place. */
  already?: string;
}

/** A file, sent to the server as soon as it is chosen or dropped. */
export function FileField({ label, description, accept, source, onSource, error, already }: Props) {
  const { file, sent, failure, take } = useUpload(onSource);
  return (
    <SpaceBetween size="s">
      <FormField label={label} description={description}>
        <FileUpload
          accept={accept}
          value={file ? [file] : []}
          onChange={({ detail }) => take(detail.value[0])}
          showFileSize
          errorText={failure ?? (file ? undefined : error)}
          constraintText={!file && source ? already : undefined}
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
