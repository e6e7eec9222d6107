import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { api } from "../../../client/api";
import type { Run } from "../../../client/schema";
import { Asked } from "../../../components/Asked";
import { Loading } from "../../../components/Loading";
import { Page } from "../../../components/Page";
import { runPage } from "../../../lib/places";
import { StepList } from "../../run/steps/StepList";
import { Ended } from "./Ended";

/** The run that the wizard started, until its model is in use. */
export default function Watch({ id }: { id: string }) {
  // Events bring what changes; asked for as well, should the stream be down.
  const run = api.useQuery(
    "get",
    "/api/v1/runs/{run}",
    { params: { path: { run: id } } },
    { refetchInterval: ({ state }) => (state.data?.state === "running" ? 5000 : false) },
  );
  return <Asked of={run}>{(found) => <Watched run={found} />}</Asked>;
}

function Watched({ run }: { run: Run }) {
  const running = run.state === "running";
  const begun = run.steps.some(({ state }) => state !== "waiting");
  return (
    <Page
      title={running ? "Looking for the answer" : "The answer"}
      description={run.question}
      actions={<Button href={runPage(run.id)}>All about this run</Button>}
    >
      <SpaceBetween size="l">
        {!running && <Ended run={run} />}
        <Container header={<Header variant="h2" description={running ? "You may leave this page: the run goes on by itself." : undefined}>Steps</Header>}>
          {running && !begun ? <Loading what="Starting" /> : <StepList run={run} />}
        </Container>
      </SpaceBetween>
    </Page>
  );
}
