import Badge from "@cloudscape-design/components/badge";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { DataTable } from "../../charts/DataTable";
import { Forest } from "../../charts/Forest";
import { figure, interval } from "../../charts/metrics";
import type { Comparison, Evaluation, MetricRow } from "../../client/schema";
import type { Side } from "./Beside";
import { Name } from "./Name";

interface Props {
  comparison: Comparison;
  sides: readonly Side[];
  /** Of the first run that has one: the unit of its money, and its naive baseline. */
  evaluation: Evaluation | undefined;
}

/** Every metric with its interval, run beside run, and the naive baseline. */
export function Metrics({ comparison, sides, evaluation }: Props) {
  const unit = evaluation?.unit ?? "";
  // On other rows, the baseline is another one for each run.
  const alike = comparison.same.dataset && comparison.same.split ? evaluation : undefined;
  const description =
    "On the test rows of each run, with 95% intervals. A run is clearly best when its interval overlaps with no other.";
  return (
    <Container
      header={
        <Header variant="h2" description={description}>
          Results
        </Header>
      }
    >
      <DataTable
        caption="Metrics of each run"
        numbers={99}
        head={["Metric", ...sides.map((side) => <Name key={side.run.id} side={side} />), "Intervals", ...(alike ? ["Naive baseline"] : [])]}
        rows={comparison.metrics.map((row) => [
          <>
            {row.label} <small>({row.greater_is_better ? "more is better" : "less is better"})</small>
          </>,
          ...sides.map((side, place) => <Cell key={side.run.id} row={row} place={place} id={side.run.id} unit={unit} />),
          <Forest key={row.metric} estimates={estimates(row, sides)} />,
          ...(alike ? [figure(row.metric, alike.baseline.metrics[row.metric], unit)] : []),
        ])}
      />
    </Container>
  );
}

function Cell({ row, place, id, unit }: { row: MetricRow; place: number; id: string; unit: string }) {
  const found = row.values[place];
  const ends = interval(row.metric, found?.interval, unit);
  const best = row.best.includes(id) && row.best.length === 1;
  return (
    <>
      <strong>{figure(row.metric, found?.value, unit)}</strong> {best && <Badge color={row.clear ? "green" : "grey"}>{row.clear ? "clearly best" : "best"}</Badge>}
      {ends && <div>{ends}</div>}
    </>
  );
}

function estimates(row: MetricRow, sides: readonly Side[]) {
  return sides.map(({ colour }, place) => {
    const { value = null, interval: ends = null } = row.values[place] ?? {};
    return { colour, got: value, low: ends?.low ?? null, high: ends?.high ?? null };
  });
}
