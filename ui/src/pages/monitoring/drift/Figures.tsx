import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { BAD, MODEL } from "../../../charts/colours";
import { DataTable } from "../../../charts/DataTable";
import { extent } from "../../../charts/scale";
import type { ColumnLook, Summary } from "../../../client/schema";
import { count, number, plain, share } from "../../../lib/numbers";
import { across, times } from "../curves";
import { OverTime } from "../OverTime";

/** A column in numbers, and how its drift went. */
export function Figures({ told }: { told: ColumnLook }) {
  const rows = READ.map(([name, read]) => [name, read(told.reference), read(told.current)]).filter((row) => row[1] !== "–" || row[2] !== "–");
  return (
    <SpaceBetween size="l">
      <div>
        <Box variant="h3">In numbers</Box>
        <DataTable caption={`${told.column} in numbers`} captioned head={["", "Training", "Now"]} rows={rows} />
      </div>
      {told.history.length > 1 && <Course told={told} />}
    </SpaceBetween>
  );
}

function Course({ told: { history, limit } }: { told: ColumnLook }) {
  const x = times(history);
  const y = history.map(({ psi }) => psi);
  const series = [
    { name: "PSI", colour: MODEL, x, y, marked: true },
    ...(limit === null ? [] : [{ name: "limit", colour: BAD, x, y: x.map(() => limit), dashed: true }]),
  ];
  const drawn = { title: "Its drift over time", x: across(history), y: { label: "PSI", range: extent(y, 0, limit ?? 0), format: plain }, series };
  return <OverTime drawn={drawn} summary="Look by look." height={180} />;
}

const said = (value: Summary["min"]) => (typeof value === "number" ? number(value, 4) : value === null ? "–" : String(value));

const READ: readonly [string, (of: Summary) => string][] = [
  ["Rows", (of) => count(of.rows)],
  ["Missing", (of) => share(of.missing)],
  ["Mean", (of) => number(of.mean, 4)],
  ["Standard deviation", (of) => number(of.std, 4)],
  ["Least", (of) => said(of.min)],
  ["Greatest", (of) => said(of.max)],
  ["Different values", (of) => count(of.distinct)],
];
