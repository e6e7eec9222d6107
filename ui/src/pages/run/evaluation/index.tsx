import { Asked } from "../../../components/Asked";
import type { Run } from "../documents";
import { useEvaluation } from "../useDocuments";
import { EvaluationTab } from "./EvaluationTab";

export default function Part({ run }: { run: Run }) {
  return <Asked of={useEvaluation(run.id)}>{(evaluation) => <EvaluationTab evaluation={evaluation} />}</Asked>;
}
