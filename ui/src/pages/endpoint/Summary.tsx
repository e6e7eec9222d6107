import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Pairs } from "../../components/Pairs";
import type { EndpointDetail } from "../../client/schema";
import { EndpointState } from "../../components/EndpointState";
import { Time } from "../../components/Time";
import { count, number, plural, share } from "../../lib/numbers";
import { monitoringPage } from "../../lib/places";
import { milliseconds } from "../endpoints/columns";

/** The endpoint at a glance. */
export function Summary({ endpoint }: { endpoint: EndpointDetail }) {
  const { requests_per_minute: rate, error_share: errors } = endpoint;
  const items = [
    { label: "State", value: <EndpointState of={endpoint.state} /> },
    { label: "Requests a minute", value: rate === null ? "answered elsewhere" : number(rate) },
    { label: "Errors", value: errors ? <StatusIndicator type="error">{share(errors)}</StatusIndicator> : share(errors) },
    { label: "Latency, 95th percentile", value: milliseconds(endpoint.p95_ms) },
    { label: "Alerts", value: <Open endpoint={endpoint} /> },
    { label: "Predictions captured", value: `${endpoint.counted ? "" : "at least "}${count(endpoint.predictions)}` },
    { label: "Used for", value: endpoint.decision || "–" },
    { label: "Changed", value: <Changed endpoint={endpoint} /> },
  ];
  return (
    <Container>
      <Pairs columns={4} items={items} />
    </Container>
  );
}

function Open({ endpoint: { name, alerts, critical } }: { endpoint: EndpointDetail }) {
  if (alerts === 0) return <StatusIndicator type="success">None open</StatusIndicator>;
  return (
    <Link href={`${monitoringPage(name)}?tab=alerts`}>
      <StatusIndicator type={critical ? "error" : "warning"}>
        {plural(alerts, "alert")}
        {critical > 0 && `, ${critical} critical`}
      </StatusIndicator>
    </Link>
  );
}

function Changed({ endpoint: { changed_at, by, why } }: { endpoint: EndpointDetail }) {
  return (
    <>
      <Time at={changed_at} relative />
      {by && ` by ${by}`}
      {why && `: ${why}`}
    </>
  );
}
