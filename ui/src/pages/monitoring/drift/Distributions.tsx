import Box from "@cloudscape-design/components/box";
import { Bar } from "../../../charts/Bars";
import { MODEL, SECOND } from "../../../charts/colours";
import { DataTable } from "../../../charts/DataTable";
import { Legend } from "../../../charts/Legend";
import type { ColumnLook } from "../../../client/schema";
import { share } from "../../../lib/numbers";

/** The two distributions, range by range or value by value: bars for the eye, shares beside them. */
export function Distributions({ told: { column, drift } }: { told: ColumnLook }) {
  const most = Math.max(...drift.cells.flatMap((cell) => [cell.reference, cell.current]), 0.01);
  return (
    <div>
      <Box variant="h3">Training and now</Box>
      <Legend entries={[{ name: "training", colour: MODEL }, { name: "now", colour: SECOND }]} />
      <DataTable
        caption={`Distributions of ${column}, in training and now`}
        captioned
        head={["Value", "Training", "Now", ""]}
        rows={drift.cells.map(({ label, reference, current }) => [
          label,
          share(reference),
          share(current),
          <div key="bars" style={{ minInlineSize: 140 }}>
            <Bar row={{ value: reference, colour: MODEL }} high={most} />
            <Bar row={{ value: current, colour: SECOND }} high={most} />
          </div>,
        ])}
      />
    </div>
  );
}
