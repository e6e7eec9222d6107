import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useQueries } from "@tanstack/react-query";
import { DataTable } from "../../charts/DataTable";
import { figure, label } from "../../charts/metrics";
import { api } from "../../client/api";
import type { Verdict } from "../../client/schema";
import { State } from "../../components/State";
import type { Side } from "./Beside";
import { Name } from "./Name";

/** Goal by goal, run beside run. */
export function Verdicts({ sides, unit }: { sides: readonly Side[]; unit: string }) {
  const answers = useQueries({
    queries: sides.map(({ run }) => ({
      ...api.queryOptions("get", "/api/v1/runs/{run}/verdict", { params: { path: { run: run.id } } }),
      staleTime: "static" as const,
      retry: false,
    })),
  });
  const verdicts = answers.map((answer) => answer.data);
  const goals = [...new Set(verdicts.flatMap((verdict) => (verdict?.goals ?? []).map(named)))];
  if (goals.length === 0) return null;
  return (
    <Container header={<Header variant="h2">Verdicts</Header>}>
      <DataTable
        caption="Goals of each run"
        numbers={99}
        head={["Goal", ...sides.map((side) => <Name key={side.run.id} side={side} />)]}
        rows={goals.map((goal) => [goal, ...verdicts.map((verdict, place) => <Cell key={place} verdict={verdict} goal={goal} unit={unit} />)])}
      />
    </Container>
  );
}

function named(goal: Verdict["goals"][number]): string {
  return `${label(goal.metric)} ${goal.wanted}`;
}

function Cell({ verdict, goal, unit }: { verdict: Verdict | undefined; goal: string; unit: string }) {
  const found = verdict?.goals.find((one) => named(one) === goal);
  if (!found) return <>{verdict ? "not asked for" : "–"}</>;
  return (
    <>
      <State of={found.outcome} />
      <div>{figure(found.metric, found.got, unit)}</div>
    </>
  );
}
