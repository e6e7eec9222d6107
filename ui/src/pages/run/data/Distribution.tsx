import Box from "@cloudscape-design/components/box";
import { Bars } from "../../../charts/Bars";
import { Histogram } from "../../../charts/Histogram";
import { Figure } from "../../../charts/Figure";
import { count, number, share } from "../../../charts/words";
import type { ProfileColumn } from "../documents";

/** How the values of one column are spread. */
export function Distribution({ column }: { column: ProfileColumn }) {
  const { histogram } = column;
  if (histogram && histogram.counts.length > 0) return <Binned column={column} histogram={histogram} />;
  if (column.top.length === 0) return <Box color="text-body-secondary">There is no value in this column.</Box>;
  const known = column.top.map((one) => ({ name: said(one.value), value: one.count, text: count(one.count) }));
  return <Bars caption="The most frequent values" head={["Value", "Rows"]} rows={known} />;
}

function Binned({ column, histogram }: { column: ProfileColumn; histogram: NonNullable<ProfileColumn["histogram"]> }) {
  const [edges, format] = axis(histogram.edges);
  const table = () => ({
    head: ["From", "To", "Rows"],
    rows: histogram.counts.map((amount, bin) => [format(edges[bin] ?? 0), format(edges[bin + 1] ?? 0), count(amount)]),
  });
  return (
    <Figure title={`Distribution of ${column.name}`} summary={summary(column)} table={table}>
      <Histogram title={`Histogram of ${column.name}`} label={column.name} edges={edges} counts={histogram.counts} format={format} />
    </Figure>
  );
}

/** Edges as numbers; those of dates in milliseconds, written as days. */
function axis(edges: readonly (number | string | null)[]): [number[], (value: number) => string] {
  if (!edges.some((edge) => typeof edge === "string")) return [edges.map((edge) => Number(edge ?? 0)), (value) => number(value)];
  return [edges.map((edge) => Date.parse(String(edge))), (value) => new Date(value).toISOString().slice(0, 10)];
}

function summary(column: ProfileColumn): string {
  const half = column.quantiles;
  const parts = [`From ${said(column.min)} to ${said(column.max)}`];
  if (half?.["0.25"] !== undefined) parts.push(`half between ${said(half["0.25"])} and ${said(half["0.75"])}`);
  if (column.mean !== null) parts.push(`mean ${number(column.mean)}`);
  if (column.missing) parts.push(`${share(column.missing_share)} missing`);
  return `${parts.join(", ")}.`;
}

export function said(value: boolean | number | string | null | undefined): string {
  if (value === null || value === undefined) return "missing";
  return typeof value === "number" ? number(value, 4) : String(value);
}
