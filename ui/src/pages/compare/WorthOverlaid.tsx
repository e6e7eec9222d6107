import { NAIVE } from "../../charts/colours";
import { Figure } from "../../charts/Figure";
import { Plot } from "../../charts/Plot";
import { extent, nearest, pairs } from "../../charts/scale";
import { money, percent, plain, share } from "../../charts/words";
import type { Drawn } from "../run/evaluation/curves";
import { leastDrawn } from "../run/threshold";

/** Money against the share acted on, of every run whose outcomes have a value. */
export function WorthOverlaid({ drawn }: { drawn: readonly Drawn[] }) {
  const priced = drawn.filter((one) => one.evaluation.curves?.thresholds?.value_per_case);
  const first = priced[0];
  if (!first) return null;
  const lines = priced.map(({ name, colour, evaluation }) => {
    const table = evaluation.curves?.thresholds;
    const { x, y } = pairs(table?.share, table?.value_per_case ?? []);
    return { name, colour, x, y: y.map((value) => 1000 * value) };
  });
  const naive = 1000 * (first.evaluation.baseline.metrics["value_per_case"] ?? 0);
  const best = Math.max(...lines.flatMap((line) => line.y));
  const least = leastDrawn(
    lines.flatMap((line) => line.y),
    naive,
  );
  const series = [
    ...lines.map((line) => ({ ...line, y: line.y.map((value) => (value < least ? null : value)) })),
    { name: "naive baseline", colour: NAIVE, x: [0, 1], y: [naive, naive], dashed: true },
  ];
  const { unit } = first.evaluation;
  const table = () => ({
    head: ["Acted on", ...lines.map((line) => line.name)],
    rows: Array.from({ length: 11 }, (_, place) => place / 10).map((at) => [
      share(at),
      ...lines.map((line) => money(Math.round(line.y[nearest(line.x, at)] ?? 0), unit)),
    ]),
  });
  return (
    <Figure
      title="Worth per 1,000 cases"
      summary={`Best: ${money(Math.round(best), unit)}; naive baseline ${money(Math.round(naive), unit)}.`}
      legend={series}
      table={table}
    >
      <Plot
        title="Worth per 1,000 cases against the share acted on"
        x={{ label: "Share of cases acted on", range: [0, 1], format: percent }}
        y={{ label: unit, range: extent(series.flatMap((one) => one.y)), format: plain }}
        series={series}
      />
    </Figure>
  );
}
