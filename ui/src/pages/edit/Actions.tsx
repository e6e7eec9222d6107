import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { useChecked } from "../../components/editor/useChecked";
import type { Draft, Save } from "./useSave";

export interface ActionsProps {
  draft: Draft;
  checked: ReturnType<typeof useChecked>;
  save: Save;
  discard: () => void;
}

export function Actions({ draft, checked, save, discard }: ActionsProps) {
  const wrong = checked.mistakes.length > 0;
  const reason = wrong ? "Put the mistakes right first." : "The text is being checked.";
  const ready = checked.valid === true && checked.current;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={discard} disabled={!draft.dirty}>
        Discard changes
      </Button>
      <Button onClick={() => save.write(draft.revision, false)} loading={save.isPending} disabled={!draft.dirty || !ready} disabledReason={draft.dirty ? reason : "Nothing was changed."}>
        Save
      </Button>
      <Button variant="primary" onClick={() => save.write(draft.revision, true)} loading={save.isPending} disabled={!ready} disabledReason={reason}>
        Save and run
      </Button>
    </SpaceBetween>
  );
}
