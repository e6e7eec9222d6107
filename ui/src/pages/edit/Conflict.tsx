import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ProblemDetail } from "../../client/schema";
import { Time } from "../../components/Time";
import { TomlText } from "../../components/editor/TomlText";
import type { Save } from "./useSave";

/** Two people saved: both texts side by side, and the choice. */
export function Conflict({ save, mine, problem }: { save: Save; mine: string; problem: ProblemDetail }) {
  return (
    <Modal
      visible={save.conflict}
      size="max"
      header="Somebody else saved this problem file meanwhile"
      closeAriaLabel="Close"
      onDismiss={save.dismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={save.dismiss}>Go on editing</Button>
            <Button variant="primary" onClick={() => save.write(problem.revision, false)}>
              Save mine over theirs
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>
          {problem.saved_by || "Somebody"} saved version {problem.revision} <Time at={problem.saved_at} relative />. Nothing of either text is
          lost: saved versions stay in the problem&apos;s history.
        </div>
        <div className="side-by-side">
          <div>
            <Box variant="h3">Theirs</Box>
            <TomlText text={problem.toml} label="Their text" />
          </div>
          <div>
            <Box variant="h3">Mine</Box>
            <TomlText text={mine} label="My text" />
          </div>
        </div>
      </SpaceBetween>
    </Modal>
  );
}
