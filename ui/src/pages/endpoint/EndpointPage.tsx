import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy } from "react";
import type { EndpointDetail } from "../../client/schema";
import { Page } from "../../components/Page";
import { Tabbed } from "../../components/Tabbed";
import { Actions } from "./Actions";
import { Summary } from "./Summary";

const Live = lazy(() => import("./live"));
const TryIt = lazy(() => import("./tryit"));
const Batches = lazy(() => import("./batch"));
const Predictions = lazy(() => import("./predictions"));
const Changes = lazy(() => import("./history"));
const Settings = lazy(() => import("./settings"));

/** One endpoint: what answers, how well, and a place to ask it. */
export function EndpointPage({ endpoint }: { endpoint: EndpointDetail }) {
  const parts = [
    { id: "live", label: "In use", content: () => <Live endpoint={endpoint} /> },
    { id: "try", label: "Try it", content: () => <TryIt endpoint={endpoint} /> },
    { id: "file", label: "Score a file", content: () => <Batches name={endpoint.name} /> },
    { id: "predictions", label: "Predictions", content: () => <Predictions endpoint={endpoint} /> },
    { id: "changes", label: "Changes", content: () => <Changes name={endpoint.name} /> },
    { id: "settings", label: "Settings", content: () => <Settings key={endpoint.revision} endpoint={endpoint} /> },
  ];
  return (
    <Page title={endpoint.name} description={endpoint.question} actions={<Actions endpoint={endpoint} />}>
      <SpaceBetween size="l">
        {endpoint.refused && (
          <Alert type="error" header="The newest change is not in use">
            {endpoint.refused}
          </Alert>
        )}
        {endpoint.capture?.error && (
          <Alert type="error" header="Predictions are not being captured">
            {endpoint.capture.error}
          </Alert>
        )}
        <Summary endpoint={endpoint} />
        <Tabbed label="About the endpoint" parts={parts} />
      </SpaceBetween>
    </Page>
  );
}
