import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Alert } from "../../client/schema";
import { Time } from "../../components/Time";
import { money } from "../../lib/numbers";
import { monitoringPage } from "../../lib/places";
import { figures, headline } from "./words";

type Column = TableProps.ColumnDefinition<Alert>;

/** `one`: of a single endpoint, which then needs no column. */
export function definitions(acknowledge: (alert: Alert) => void, one: boolean): Column[] {
  const endpoint: Column = { id: "endpoint", header: "Endpoint", minWidth: 120, cell: (alert) => <Link href={monitoringPage(alert.endpoint)}>{alert.endpoint}</Link> };
  return [
    { id: "message", header: "What was found", isRowHeader: true, minWidth: 250, cell: (alert) => <Message alert={alert} /> },
    ...(one ? [] : [endpoint]),
    { id: "state", header: "State", minWidth: 140, cell: (alert) => <State alert={alert} /> },
    { id: "risk", header: "Money at risk", minWidth: 95, cell: (alert) => (alert.money_at_risk === null ? "–" : money(alert.money_at_risk, alert.unit)) },
    { id: "fired", header: "Since", minWidth: 100, cell: (alert) => <Time at={alert.fired_at} relative /> },
    { id: "act", header: "Act", minWidth: 150, cell: (alert) => <Act alert={alert} acknowledge={acknowledge} /> },
  ];
}

function Message({ alert }: { alert: Alert }) {
  const query = new URLSearchParams({ tab: TABS[alert.kind] ?? "drift", look: alert.look, ...(alert.column && { column: alert.column }) });
  return (
    <>
      <Link href={`${monitoringPage(alert.endpoint)}?${query.toString()}`}>
        <span className="breakable">{headline(alert)}</span>
      </Link>
      <Box color="text-body-secondary" fontSize="body-s">
        <span className="breakable">{figures(alert)}</span>
      </Box>
    </>
  );
}

/** On which part of the monitoring page a kind of finding is shown. */
const TABS: Record<string, string> = { performance: "performance", estimated: "performance", missing: "quality", type_faults: "quality", out_of_range: "quality", unseen: "quality", volume: "quality" };

function State({ alert: { state, severity, acknowledged_by: by, acknowledged_at: at, note } }: { alert: Alert }) {
  if (state === "resolved") return <StatusIndicator type="success">Resolved</StatusIndicator>;
  if (state === "firing") return <StatusIndicator type={severity === "critical" ? "error" : "warning"}>{severity === "critical" ? "Critical" : "Warning"}</StatusIndicator>;
  return (
    <>
      <StatusIndicator type="info">Acknowledged</StatusIndicator>
      <Box color="text-body-secondary" fontSize="body-s">
        {by && `by ${by} `}
        <Time at={at} relative />
        {note && <span className="breakable">: {note}</span>}
      </Box>
    </>
  );
}

function Act({ alert, acknowledge }: { alert: Alert; acknowledge: (alert: Alert) => void }) {
  if (alert.state !== "firing") return "–";
  return (
    <Button wrapText={false} ariaLabel={`Acknowledge: ${alert.message}`} onClick={() => acknowledge(alert)}>
      Acknowledge
    </Button>
  );
}
