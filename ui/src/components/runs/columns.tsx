import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import { figure, label } from "../../charts/metrics";
import type { RunBrief } from "../../client/schema";
import { seconds } from "../../lib/numbers";
import { modelPage, problemPage, runPage } from "../../lib/places";
import { State } from "../State";
import { Time } from "../Time";

// The figure that one names first when asked how good a model is.
const HEADLINES = ["roc_auc", "rmse", "accuracy"];

/** The columns of a list of runs; sortingField: key that the API sorts by. */
export const COLUMNS: TableProps.ColumnDefinition<RunBrief>[] = [
  {
    id: "started",
    header: "Started",
    cell: (run) => (
      <Link href={runPage(run.id)}>
        <Time at={run.started_at} />
      </Link>
    ),
    sortingField: "started_at",
    isRowHeader: true,
    minWidth: 150,
  },
  { id: "problem", header: "Problem", cell: (run) => <Link href={problemPage(run.problem)}>{run.problem}</Link>, sortingField: "problem" },
  { id: "state", header: "State", cell: (run) => <RunState run={run} />, sortingField: "state", minWidth: 120 },
  { id: "result", header: "Result", cell: headline },
  { id: "model", header: "Model", cell: model },
  { id: "seconds", header: "Took", cell: (run) => seconds(run.seconds), sortingField: "seconds" },
  { id: "trigger", header: "By", cell: (run) => [run.trigger || "–", run.platform !== "local" && `on ${run.platform}`].filter(Boolean).join(" ") },
];

function RunState({ run }: { run: RunBrief }) {
  const running = run.state === "running" && run.steps_total > 0;
  return <State of={run.state}>{running ? `${run.step || "Starting"} (${run.steps_done} of ${run.steps_total})` : undefined}</State>;
}

function headline(run: RunBrief): string {
  const metric = HEADLINES.find((name) => typeof run.metrics[name] === "number");
  return metric ? `${label(metric)} ${figure(metric, run.metrics[metric])}` : "–";
}

function model(run: RunBrief) {
  if (run.model_version === null) return run.learner || "–";
  return <Link href={modelPage(run.problem, run.model_version)}>Version {run.model_version}</Link>;
}
