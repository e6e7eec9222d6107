import { Asked } from "../../../components/Asked";
import type { Run } from "../documents";
import { useEvaluation } from "../useDocuments";
import { ImportanceTab } from "./ImportanceTab";

export default function Part({ run }: { run: Run }) {
  return <Asked of={useEvaluation(run.id)}>{(evaluation) => <ImportanceTab evaluation={evaluation} />}</Asked>;
}
