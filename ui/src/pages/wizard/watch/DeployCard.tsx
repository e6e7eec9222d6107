import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { api, client } from "../../../client/api";
import type { Run } from "../../../client/schema";
import { useChange } from "../../../lib/change";
import { endpointPage, runPage } from "../../../lib/places";

/** The goals are met: the button that puts the model into use, and then where it is used. */
export function DeployCard({ run, children }: { run: Run; children: ReactNode }) {
  const params = { path: { name: run.problem } };
  const endpoints = api.useQuery("get", "/api/v1/endpoints", { params: { query: { q: run.problem, limit: 200, unused: true } } });
  const endpoint = endpoints.data?.items.find(({ name }) => name === run.problem);
  const inUse = endpoint !== undefined && endpoint.state !== "out of use" && endpoint.version === run.model_version;
  const deploy = useChange(
    () =>
      client.POST("/api/v1/endpoints/{name}/deploy", {
        params,
        body: { model: String(run.model_version ?? run.id), strategy: "all-at-once", weight: 1, force: false, revision: endpoint?.revision ?? 0 },
      }),
    { touches: ["/api/v1/endpoints", "/api/v1/problems", "/api/v1/models"], done: () => ({ header: `${run.problem} is in use` }) },
  );
  return (
    <Container
      header={
        <Header variant="h2" description={inUse ? "It answers now. Try it, or send it a file." : "Nothing uses it yet. Put it into use when you are content."}>
          {inUse ? "Your model is in use" : "Your model meets its goals"}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div>{children}</div>
        {inUse ? (
          <Button variant="primary" href={endpointPage(run.problem)}>
            Try it
          </Button>
        ) : (
          <SpaceBetween direction="horizontal" size="s">
            <Button variant="primary" loading={deploy.isPending || !endpoints.data} onClick={() => deploy.mutate(undefined)}>
              Put it into use
            </Button>
            <Button href={runPage(run.id)}>Look at it first</Button>
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Container>
  );
}
