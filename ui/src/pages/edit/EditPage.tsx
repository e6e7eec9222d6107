import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRef } from "react";
import type { ProblemDetail } from "../../client/schema";
import { Editor } from "../../components/editor/Editor";
import type { EditorHandle } from "../../components/editor/TomlEditor";
import { useChecked } from "../../components/editor/useChecked";
import { Page } from "../../components/Page";
import { useDraft } from "../../lib/draft";
import { Actions } from "./Actions";
import { Checked } from "./Checked";
import { Conflict } from "./Conflict";
import { Leave } from "./Leave";
import { Meanwhile } from "./Meanwhile";
import { useColumns } from "./useColumns";
import { useSave } from "./useSave";

export function EditPage({ problem }: { problem: ProblemDetail }) {
  const editor = useRef<EditorHandle>(null);
  const draft = useDraft(problem.name, problem.toml, problem.revision);
  const checked = useChecked(draft.text, problem.name);
  const columns = useColumns(problem);
  const save = useSave(problem.name, draft);
  const theirs = () => draft.begin(problem.toml, problem.revision);
  return (
    <Page
      title={`Problem file of ${problem.name}`}
      description="Everything that mlcl knows of the problem. Ctrl+Space offers what may stand at the cursor, with what it means."
      actions={<Actions draft={draft} checked={checked} save={save} discard={theirs} />}
    >
      <SpaceBetween size="m">
        <Meanwhile problem={problem} draft={draft} theirs={theirs} />
        <Checked checked={checked} go={(line) => editor.current?.go(line)} />
        <Editor
          handle={editor}
          label="Problem file"
          text={draft.text}
          onChange={draft.write}
          mistakes={checked.mistakes}
          columns={columns}
        />
      </SpaceBetween>
      <Conflict save={save} mine={draft.text} problem={problem} />
      <Leave dirty={draft.dirty && !save.isPending} />
    </Page>
  );
}
