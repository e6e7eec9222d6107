import { Asked } from "../../../components/Asked";
import type { Run } from "../documents";
import { useTraining } from "../useDocuments";
import { TuningTab } from "./TuningTab";

export default function Part({ run }: { run: Run }) {
  return <Asked of={useTraining(run.id)}>{(training) => <TuningTab training={training} />}</Asked>;
}
