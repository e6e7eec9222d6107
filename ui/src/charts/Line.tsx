import type { Scale } from "./scale";
import type { Series } from "./types";

/** One series: a line, or points. */
export function Line({ series, toX, toY }: { series: Series; toX: Scale; toY: Scale }) {
  const { colour } = series;
  const points = series.dots || series.marked ? places(series, toX, toY) : [];
  return (
    <g>
      {!series.dots && (
        <path
          d={path(series, toX, toY)}
          fill="none"
          strokeWidth={2}
          strokeLinejoin="round"
          strokeDasharray={series.dashed ? "5 4" : undefined}
          style={{ stroke: colour }}
        />
      )}
      {points.map(([x, y], place) => (
        <circle key={place} cx={x} cy={y} r={series.dots ? 3.5 : 3} fillOpacity={0.75} style={{ fill: colour }} />
      ))}
    </g>
  );
}

function places(series: Series, toX: Scale, toY: Scale): [number, number][] {
  return series.x.flatMap((x, place) => {
    const y = series.y[place];
    return y === null || y === undefined ? [] : [[toX(x), toY(y)] satisfies [number, number]];
  });
}

/** The path of a line; it is broken where a figure is not known. */
export function path(series: Series, toX: Scale, toY: Scale): string {
  let drawn = "";
  let pen = false;
  series.x.forEach((x, place) => {
    const y = series.y[place];
    if (y === null || y === undefined) {
      pen = false;
      return;
    }
    drawn += `${pen ? "L" : "M"}${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`;
    pen = true;
  });
  return drawn;
}
