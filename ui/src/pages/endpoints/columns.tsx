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
  { id: "name", header: "Endpoint", sortingField: "name", isRowHeader: true, minWidth: 200, cell: (one) => <Name one={one} /> },
  { id: "state", header: "State", sortingField: "state", minWidth: 120, cell: (one) => <EndpointState of={one.state} /> },
  { id: "models", header: "Models", minWidth: 150, cell: (one) => <Models one={one} /> },
  { id: "traffic", header: "Requests a minute", minWidth: 110, cell: (one) => number(one.requests_per_minute) },
  { id: "errors", header: "Errors", minWidth: 90, cell: (one) => share(one.error_share) },
  { id: "p95", header: "Latency (p95)", minWidth: 110, cell: (one) => milliseconds(one.p95_ms) },
  { id: "predictions", header: "Captured", minWidth: 110, cell: (one) => `${one.counted ? "" : "at least "}${count(one.predictions)}` },
  { id: "alerts", header: "Alerts", minWidth: 130, cell: (one) => <Alerts one={one} /> },
  { id: "changed", header: "Changed", sortingField: "changed_at", minWidth: 140, cell: (one) => <Time at={one.changed_at} relative /> },
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

export function milliseconds(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : `${number(value)}\u00a0ms`;
}
