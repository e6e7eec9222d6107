import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { DataTable } from "../../charts/DataTable";
import { seconds } from "../../charts/words";
import type { Comparison } from "../../client/schema";
import type { Side } from "./Beside";
import { Name } from "./Name";

/** How long each step took. */
export function Seconds({ comparison, sides }: { comparison: Comparison; sides: readonly Side[] }) {
  return (
    <Container header={<Header variant="h2">Timings</Header>}>
      <DataTable
        caption="Seconds of each step; those of a step that was not done again are not there"
        head={["Step", ...sides.map((side) => <Name key={side.run.id} side={side} />)]}
        rows={comparison.seconds.map((step) => [step.label, ...step.seconds.map((value) => seconds(value))])}
      />
    </Container>
  );
}
