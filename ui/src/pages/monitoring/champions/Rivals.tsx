import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { DataTable } from "../../../charts/DataTable";
import { figure, interval } from "../../../charts/metrics";
import type { Attempt, RivalFigure } from "../../../client/schema";

/** Both models on the same rows, metric by metric. */
export function Rivals({ attempt: { figures, unit } }: { attempt: Attempt }) {
  return (
    <DataTable
      caption="Champion and challenger on the same rows"
      head={["Metric", "Champion", "Challenger", "Difference", "With 95% confidence", "Better"]}
      rows={figures.map((one) => [
        one.label,
        figure(one.metric, one.champion, unit),
        figure(one.metric, one.challenger, unit),
        figure(one.metric, one.difference, unit),
        interval(one.metric, one, unit) || "–",
        <Better key="better" of={one.better} />,
      ])}
    />
  );
}

function Better({ of }: { of: RivalFigure["better"] }) {
  if (!of) return "–";
  return <StatusIndicator type={of === "challenger" ? "success" : of === "champion" ? "warning" : "pending"}>{of}</StatusIndicator>;
}
