import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { DataTable } from "../../../charts/DataTable";
import { figure, interval, label } from "../../../charts/metrics";
import type { Change, Look } from "../../../client/schema";

const LOOKS = { worse: "error", better: "success", "as promised": "success", undecided: "pending" } as const;

/** The metrics, promised, estimated and realised side by side. */
export function Compared({ look: { performance, estimated, unit } }: { look: Look }) {
  const promised = performance?.promised?.metrics ?? {};
  const names = [...new Set([...Object.keys(promised), ...Object.keys(estimated?.metrics ?? {}), ...Object.keys(performance?.metrics ?? {})])];
  if (names.length === 0) return null;
  return (
    <DataTable
      caption="Metrics, promised, estimated and realised"
      captioned
      head={["Metric", "Promised", "Estimated", "By outcomes", "With 95% confidence", "Against the promise"]}
      rows={names.map((name) => [
        label(name),
        figure(name, promised[name], unit),
        figure(name, estimated?.metrics?.[name], unit),
        figure(name, performance?.metrics?.[name], unit),
        interval(name, performance?.intervals[name], unit) || "–",
        <Outcome key="outcome" change={performance?.changes[name]} />,
      ])}
    />
  );
}

function Outcome({ change }: { change: Change | undefined }) {
  if (!change) return "–";
  return <StatusIndicator type={LOOKS[change.outcome]}>{change.outcome}</StatusIndicator>;
}
