import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { explain } from "../lib/errors";

/** An error in words: what, where, what was found, what to do. */
export function ErrorPanel({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, what, where, found, fix } = explain(error);
  return (
    <Alert type="error" header={title} action={retry && <Button onClick={retry}>Try again</Button>}>
      <div className="breakable">
        <div>{what}</div>
        {where && <div>Where: {where}</div>}
        {found && <div>Found: {found}</div>}
        {fix && <Box variant="strong">{fix}</Box>}
      </div>
    </Alert>
  );
}
