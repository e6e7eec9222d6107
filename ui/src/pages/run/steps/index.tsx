import Container from "@cloudscape-design/components/container";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Run } from "../documents";
import { Log } from "./Log";
import { StepList } from "./StepList";
import { Timings } from "./Timings";

/** How far the run is, step by step, and what it says of itself. */
export default function Part({ run }: { run: Run }) {
  return (
    <SpaceBetween size="l">
      <Grid gridDefinition={[{ colspan: { default: 12, xs: 5 } }, { colspan: { default: 12, xs: 7 } }]}>
        <Container header={<Header variant="h2">Steps</Header>}>
          <StepList run={run} />
        </Container>
        <Log run={run} />
      </Grid>
      <Timings run={run} />
    </SpaceBetween>
  );
}
