import { Asked } from "../../../components/Asked";
import type { Run } from "../documents";
import { useEvaluation } from "../useDocuments";
import { GroupsTab } from "./GroupsTab";

export default function Part({ run }: { run: Run }) {
  return <Asked of={useEvaluation(run.id)}>{(evaluation) => <GroupsTab evaluation={evaluation} />}</Asked>;
}
