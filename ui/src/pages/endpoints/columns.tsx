import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import type { EndpointBrief } from "../../client/schema";
import { EndpointState } from "../../components/EndpointState";
import { Time } from "../../components/Time";
import { count, number, plural, share } from "../../lib/numbers";
import { endpointPage, monitoringPage } from "../../lib/places";

export const COLUMNS: TableProps.ColumnDefinition<EndpointBrief>[] = [
  { id: "name", header: "Endpoint", sortingField: "name", isRowHeader: true, minWidth: 125, cell: (one) => <Name one={one} /> },
  { id: "state", header: "State", sortingField: "state", minWidth: 140, cell: (one) => <State one={one} /> },
  { id: "models", header: "Models", minWidth: 125, cell: (one) => <Models one={one} /> },
  { id: "traffic", header: "Requests a minute", minWidth: 100, cell: (one) => number(one.requests_per_minute) },
  { id: "errors", header: "Errors", minWidth: 70, cell: (one) => share(one.error_share) },
  { id: "p95", header: "Latency (p95)", minWidth: 90, cell: (one) => milliseconds(one.p95_ms) },
  { id: "predictions", header: "Captured", minWidth: 105, cell: (one) => captured(one) },
  { id: "alerts", header: "Alerts", minWidth: 145, cell: (one) => <Alerts one={one} /> },
];

function Name({ one: { name, question } }: { one: EndpointBrief }) {
  return (
    <>
      <Link href={endpointPage(name)}>{name}</Link>
      <Box color="text-body-secondary" fontSize="body-s">
        {question}
      </Box>
    </>
  );
}

function State({ one: { state, changed_at: at } }: { one: EndpointBrief }) {
  return (
    <>
      <EndpointState of={state} />
      <Box color="text-body-secondary" fontSize="body-s">
        <Time at={at} relative />
      </Box>
    </>
  );
}

function Models({ one: { variants } }: { one: EndpointBrief }) {
  if (variants.length === 0) return "–";
  return variants.map(({ role, label, weight }) => (
    <div key={role}>
      {label} {variants.length > 1 && `(${role}, ${number(weight)}%)`}
    </div>
  ));
}

function Alerts({ one: { name, alerts, critical } }: { one: EndpointBrief }) {
  if (alerts === 0) return <StatusIndicator type="success">None open</StatusIndicator>;
  return (
    <Link href={`${monitoringPage(name)}?tab=alerts`}>
      <StatusIndicator type={critical ? "error" : "warning"}>{plural(alerts, "alert")}</StatusIndicator>
    </Link>
  );
}

/** What is not counted yet is told as far as it is known. */
function captured({ counted, predictions }: EndpointBrief): string {
  if (counted) return count(predictions);
  return predictions ? `at least ${count(predictions)}` : "being counted";
}

export function milliseconds(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : `${number(value)}\u00a0ms`;
}
