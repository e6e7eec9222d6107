import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import { Listed } from "../../components/listed/Listed";
import { figure, help, interval, label } from "../../charts/metrics";
import type { GoalResult, Problem, ProblemDetail } from "../../client/schema";
import { Empty } from "../../components/Empty";
import { State } from "../../components/State";
import { modelPage } from "../../lib/places";
import { wanted } from "../../lib/goals";

interface Row {
  metric: string;
  wanted: string;
  result?: GoalResult;
}

/** The goals, and how the model in use does. */
export function GoalsTable({ problem, file }: { problem: ProblemDetail; file: Problem }) {
  const { champion, unit } = problem;
  const results = [...(champion?.goals ?? [])];
  const rows: Row[] = file.goal.map((goal) => {
    const found = results.findIndex(({ metric }) => metric === goal.metric);
    return { metric: goal.metric, wanted: wanted(goal, unit), result: found >= 0 ? results.splice(found, 1)[0] : undefined };
  });
  return (
    <Listed
      variant="container"
      items={rows}
      columnDefinitions={columns(unit)}
      header={
        <Header variant="h2" description={champion ? <Measured problem={problem} /> : "No model is in use yet."}>
          Goals
        </Header>
      }
      ariaLabels={{ tableLabel: "Goals" }}
      empty={<Empty title="No goals">Without goals every model is good enough. Say in the problem file when one is.</Empty>}
    />
  );
}

function Measured({ problem: { name, champion } }: { problem: ProblemDetail }) {
  if (!champion) return null;
  return (
    <>
      As met by <Link href={modelPage(name, champion.version)}>version {champion.version}</Link>, on rows that it had never seen.
    </>
  );
}

function columns(unit: string): TableProps.ColumnDefinition<Row>[] {
  return [
    { id: "metric", header: "Goal", cell: ({ metric }) => <span title={help(metric)}>{label(metric)}</span>, isRowHeader: true },
    { id: "wanted", header: "Wanted", cell: (row) => row.wanted },
    { id: "got", header: "Got", cell: ({ metric, result }) => (result ? figure(metric, result.got, unit) : "–") },
    { id: "between", header: "Likely between", cell: ({ metric, result }) => interval(metric, result, unit) || "–" },
    { id: "outcome", header: "Outcome", cell: ({ result }) => (result ? <State of={result.outcome} /> : "Not judged yet") },
  ];
}
