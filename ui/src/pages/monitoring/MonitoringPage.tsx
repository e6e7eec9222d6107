import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy } from "react";
import type { Monitoring } from "../../client/schema";
import { Page } from "../../components/Page";
import { Tabbed } from "../../components/Tabbed";
import { Actions } from "./Actions";
import { NoLook } from "./NoLook";
import { Summary } from "./Summary";
import { useFollowed } from "./useFollowed";

const Drift = lazy(() => import("./drift"));
const Quality = lazy(() => import("./quality"));
const Performance = lazy(() => import("./performance"));
const Outcomes = lazy(() => import("./labels"));
const AlertTable = lazy(() => import("../alerts/AlertTable"));
const Champions = lazy(() => import("./champions"));

/** How the world and the model of one endpoint have changed, what that costs, and what was done about it. */
export function MonitoringPage({ monitoring }: { monitoring: Monitoring }) {
  const { endpoint: name, jobs, looks } = monitoring;
  useFollowed(monitoring);
  const failed = jobs.filter(({ state }) => state === "failed");
  const looked = (content: () => React.ReactNode) => () => (looks > 0 ? content() : <NoLook monitoring={monitoring} />);
  const parts = [
    { id: "drift", label: "Drift", content: looked(() => <Drift name={name} />) },
    { id: "quality", label: "Data quality", content: looked(() => <Quality name={name} />) },
    { id: "performance", label: "Performance and value", content: looked(() => <Performance name={name} />) },
    { id: "outcomes", label: "Outcomes", content: () => <Outcomes name={name} /> },
    { id: "alerts", label: "Alerts", content: () => <AlertTable endpoint={name} /> },
    { id: "champions", label: "Champion and challengers", content: () => <Champions name={name} /> },
  ];
  return (
    <Page title={`Monitoring of ${name}`} description="Whether the model still fits the world, and what it costs where it does not." actions={<Actions monitoring={monitoring} />}>
      <SpaceBetween size="l">
        {failed.map(({ kind, error }) => (
          <Alert key={kind} type="error" header={kind === "monitor" ? "The last look failed" : kind === "retrain" ? "The last retraining failed" : "Alerts could not be sent"}>
            {error}
          </Alert>
        ))}
        <Summary monitoring={monitoring} />
        <Tabbed label="What is watched" parts={parts} />
      </SpaceBetween>
    </Page>
  );
}
