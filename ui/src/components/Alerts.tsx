import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { OpenAlerts } from "../client/schema";
import { plural } from "../lib/numbers";
import { Time } from "./Time";

/** How many alerts are open, and the latest. */
export function Alerts({ alerts, watched }: { alerts: OpenAlerts; watched: boolean }) {
  const open = alerts.critical + alerts.warning;
  if (open === 0) {
    return watched ? <StatusIndicator type="success">None open</StatusIndicator> : <Box color="text-body-secondary">Nothing to watch yet.</Box>;
  }
  return (
    <>
      <Link href="/alerts">
        <StatusIndicator type={alerts.critical ? "error" : "warning"}>
          {alerts.critical ? `${alerts.critical} critical of ${plural(open, "alert")}` : plural(open, "alert")}
        </StatusIndicator>
      </Link>
      <Box color="text-body-secondary" fontSize="body-s">
        <span className="breakable">{alerts.latest}</span> <Time at={alerts.latest_at} relative />
      </Box>
    </>
  );
}
