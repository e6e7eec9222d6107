import { Figure } from "../../../charts/Figure";
import { Plot } from "../../../charts/Plot";
import { nearest, thinned } from "../../../charts/scale";
import type { Series } from "../../../charts/types";
import { type CurveKind, type Drawn, picture, WORDS } from "./curves";

/** One curve, of one model or of several. */
export function Curve({ kind, drawn, said }: { kind: CurveKind; drawn: readonly Drawn[]; said?: string | undefined }) {
  const found = picture(kind, drawn);
  if (!found) return null;
  const { x, y, series } = found;
  const table = () => ({
    head: [x.label, ...series.map((one) => one.name)],
    rows: places(series).map((at) => [x.format(at), ...series.map((one) => read(one, at, y.format))]),
  });
  const summary = [said, WORDS[kind].meaning].filter(Boolean).join(" ");
  return (
    <Figure title={found.title} summary={summary} legend={series} table={table}>
      <Plot {...found} />
    </Figure>
  );
}

function places(series: readonly Series[]): number[] {
  const x = series[0]?.x ?? [];
  return thinned(x.length, 21).map((place) => x[place] ?? 0);
}

function read(series: Series, at: number, format: (value: number) => string): string {
  const straight = series.dashed ? between(series, at) : series.y[nearest(series.x, at)];
  return straight === null || straight === undefined ? "" : format(straight);
}

/** On a straight line from its first point to its last. */
function between({ x, y }: Series, at: number): number {
  const [from = 0, to = 1] = [x[0], x.at(-1)];
  const [low, high] = [y[0] ?? 0, y.at(-1) ?? 0];
  return low + ((at - from) / (to - from || 1)) * (high - low);
}
