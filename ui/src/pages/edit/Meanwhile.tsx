import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import type { ProblemDetail } from "../../client/schema";
import { Time } from "../../components/Time";
import type { Draft } from "./useSave";

/** Tells that the text is an unsaved one from before, or that somebody saved another while one writes. */
export function Meanwhile({ problem, draft, theirs }: { problem: ProblemDetail; draft: Draft; theirs: () => void }) {
  const newer = problem.revision > draft.revision;
  if (newer && !draft.dirty) return null;
  if (newer) {
    return (
      <Alert type="warning" header={`${problem.saved_by || "Somebody"} saved version ${problem.revision} meanwhile`} action={<Button onClick={theirs}>Take theirs</Button>}>
        <Time at={problem.saved_at} relative />. Your text is based on version {draft.revision}; taking theirs drops your changes.
      </Alert>
    );
  }
  if (!draft.restored) return null;
  return (
    <Alert type="info" header="Your unsaved text was kept" action={<Button onClick={theirs}>Discard it</Button>}>
      It was written here before and not saved.
    </Alert>
  );
}
