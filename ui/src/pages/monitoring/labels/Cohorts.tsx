import Box from "@cloudscape-design/components/box";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import Button from "@cloudscape-design/components/button";
import { Bar } from "../../../charts/Bars";
import { MODEL } from "../../../charts/colours";
import { DataTable } from "../../../charts/DataTable";
import type { Ledger } from "../../../client/schema";
import { count, share } from "../../../lib/numbers";

const FEW = 14;
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** Day by day, the newest first. */
export function Cohorts({ ledger }: { ledger: Ledger }) {
  const [all, setAll] = useState(false);
  const cohorts = [...ledger.cohorts].reverse();
  const shown = all ? cohorts : cohorts.slice(0, FEW);
  return (
    <>
      <DataTable
        caption="Outcomes by the day of their predictions"
        captioned
        head={["Predictions of", "Predictions", "Outcomes", "Known", "", <div key="state" style={{ textAlign: "start" }}>State</div>]}
        rows={shown.map((one) => [
          DAY.format(new Date(one.since)),
          count(one.predictions),
          count(one.labels),
          share(one.share),
          <div key="bar" style={{ minInlineSize: 80 }}>
            <Bar row={{ value: one.share, colour: MODEL }} high={1} />
          </div>,
          <div key="state" style={{ textAlign: "start", minInlineSize: 160 }}>
            <StatusIndicator type={one.mature ? "success" : "pending"}>{one.mature ? "Mature" : "Not yet"}</StatusIndicator>
            <Box color="text-body-secondary" fontSize="body-s">
              {one.why}
            </Box>
          </div>,
        ])}
      />
      {cohorts.length > FEW && !all && (
        <Button variant="inline-link" onClick={() => setAll(true)}>
          Show all {count(cohorts.length)} days
        </Button>
      )}
    </>
  );
}
