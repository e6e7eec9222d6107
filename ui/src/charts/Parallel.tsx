import { linear, type Range } from "./scale";
import { SECOND, MODEL, VARIABLES } from "./colours";
import { Scroll } from "./Scroll";
import { useWidth } from "./useWidth";
import "./charts.css";

export interface Dimension {
  name: string;
  range: Range;
  low: string;
  high: string;
}

interface Props {
  label: string;
  dimensions: readonly Dimension[];
  /** One list of values per line, in the order of the dimensions. */
  lines: readonly { values: readonly (number | null)[]; best: boolean }[];
}

const LEAST = 110; // pixels between axes

/** Parallel coordinates: one upright axis per parameter, one line per trial; the best ones in front. */
export function Parallel({ label, dimensions, lines }: Props) {
  const [element, wide] = useWidth<HTMLDivElement>();
  const width = Math.max(wide, LEAST * dimensions.length);
  const toX = linear([0, Math.max(1, dimensions.length - 1)], [56, width - 56]);
  const scales = dimensions.map((dimension) => linear(dimension.range, [190, 40]));
  const sorted = [...lines].sort((one, other) => Number(one.best) - Number(other.best));
  return (
    <Scroll label={label}>
      <div className="chart" ref={element} style={VARIABLES} role="img" aria-label={label}>
        <svg width={width} height={220} style={{ maxWidth: "none" }} aria-hidden="true" focusable="false">
          {sorted.map((line, number) => (
            <path
              key={number}
              d={route(line.values, (place) => toX(place), scales)}
              fill="none"
              strokeWidth={line.best ? 2.5 : 1}
              strokeOpacity={line.best ? 1 : 0.5}
              style={{ stroke: line.best ? SECOND : MODEL }}
            />
          ))}
          {dimensions.map((dimension, place) => (
            <g key={dimension.name} className="chart-axes">
              <line className="chart-base" x1={toX(place)} x2={toX(place)} y1={40} y2={190} />
              <text className="chart-name" x={toX(place)} y={14} textAnchor="middle">
                {dimension.name}
              </text>
              <text x={toX(place)} y={32} textAnchor="middle">
                {dimension.high}
              </text>
              <text x={toX(place)} y={208} textAnchor="middle">
                {dimension.low}
              </text>
            </g>
          ))}
        </svg>
      </div>
    </Scroll>
  );
}

function route(values: readonly (number | null)[], toX: (place: number) => number, scales: ((value: number) => number)[]) {
  let drawn = "";
  values.forEach((value, place) => {
    const toY = scales[place];
    if (value !== null && toY) drawn += `${drawn ? "L" : "M"}${toX(place).toFixed(1)} ${toY(value).toFixed(1)}`;
  });
  return drawn;
}
