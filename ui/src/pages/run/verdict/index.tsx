import { Asked } from "../../../components/Asked";
import type { Run } from "../documents";
import { useEvaluation, useVerdict } from "../useDocuments";
import { VerdictTab } from "./VerdictTab";

export default function Part({ run }: { run: Run }) {
  const evaluation = useEvaluation(run.id, run.documents.includes("evaluation"));
  return <Asked of={useVerdict(run.id)}>{(verdict) => <VerdictTab verdict={verdict} evaluation={evaluation.data} />}</Asked>;
}
