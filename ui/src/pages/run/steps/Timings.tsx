import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { Bars } from "../../../charts/Bars";
import { seconds } from "../../../charts/words";
import type { Run } from "../documents";

/** How long each step took. */
export function Timings({ run }: { run: Run }) {
  const taken = run.steps.filter((step) => step.state !== "waiting");
  const total = taken.reduce((sum, step) => sum + step.seconds, 0);
  return (
    <Container
      header={
        <Header variant="h2" description={`${seconds(total)} in all steps together.`}>
          Timings
        </Header>
      }
    >
      <Bars
        caption="Seconds by step"
        head={["Step", "Time"]}
        rows={taken.map((step) => ({
          name: step.label,
          value: step.state === "cached" ? 0 : step.seconds,
          text: step.state === "cached" ? "not done again" : seconds(step.seconds),
        }))}
      />
    </Container>
  );
}
