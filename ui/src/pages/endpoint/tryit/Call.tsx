import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Link from "@cloudscape-design/components/link";
import type { InputForm } from "../../../client/schema";
import { curl, type Row } from "./row";

/** The same question for a program. */
export function Call({ form, row }: { form: InputForm; row: Row }) {
  const line = curl(window.location.origin, form.predict_url, row);
  return (
    <ExpandableSection
      variant="container"
      headerText="From a program"
      headerActions={
        <CopyToClipboard
          copyButtonText="Copy the curl line"
          textToCopy={line}
          copySuccessText="Copied"
          copyErrorText="The browser does not allow copying here"
        />
      }
    >
      <pre className="curl">{line}</pre>
      <Box color="text-body-secondary">
        A server that is open to others wants a token too: <code>-H &apos;Authorization: Bearer TOKEN&apos;</code>. All routes:{" "}
        <Link href="/docs" external>
          API of the models
        </Link>
      </Box>
    </ExpandableSection>
  );
}
