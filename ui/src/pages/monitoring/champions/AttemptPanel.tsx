import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Pairs } from "../../../components/Pairs";
import { api } from "../../../client/api";
import type { Attempt } from "../../../client/schema";
import { Asked } from "../../../components/Asked";
import { State } from "../../../components/State";
import { count, seconds } from "../../../lib/numbers";
import { runPage } from "../../../lib/places";
import { Rivals } from "./Rivals";

const REFRESH = 1000; // ms, while it is trained

/** One challenger against the champion of its time. */
export function AttemptPanel({ name, number }: { name: string; number: number }) {
  const attempt = api.useQuery("get", "/api/v1/endpoints/{name}/attempts/{number}", { params: { path: { name, number } } }, {
    refetchInterval: ({ state }) => (state.data?.state === "running" ? REFRESH : false),
  });
  return <Asked of={attempt}>{(found) => <Shown attempt={found} />}</Asked>;
}

function Shown({ attempt }: { attempt: Attempt }) {
  const { rows, run, outcome, steps, state } = attempt;
  const items = [
    { label: "Verdict", value: outcome ? <State of={outcome} /> : "–" },
    { label: "Learnt from", value: `${count(rows.old)} old rows, ${count(rows.new)} new ones` },
    { label: "Judged on", value: `${count(rows.test)} of the newest` },
    { label: "Took", value: seconds(attempt.seconds) },
    { label: "Run", value: run ? <Link href={runPage(run)}>{run}</Link> : "–" },
  ];
  return (
    <Container header={<Header variant="h2" description={attempt.verdict || attempt.why}>{`Challenger ${attempt.number}`}</Header>}>
      <SpaceBetween size="l">
        <Pairs columns={3} items={items} />
        {state === "running" && (
          <div className="row" role="status">
            {steps.map((step) => (
              <State key={step.name} of={step.state}>
                {step.label}
              </State>
            ))}
          </div>
        )}
        {attempt.figures.length > 0 && <Rivals attempt={attempt} />}
      </SpaceBetween>
    </Container>
  );
}
