import { VARIABLES } from "./colours";
import { extent, linear } from "./scale";
import "./charts.css";

export interface Estimate {
  colour: string;
  got: number | null;
  low: number | null;
  high: number | null;
}

/** Figures with their intervals below one another on one scale; the table around it has them as texts. */
export function Forest({ estimates, width = 160 }: { estimates: readonly Estimate[]; width?: number }) {
  const range = extent(estimates.flatMap((one) => [one.got, one.low, one.high]));
  const to = linear(range, [6, width - 6]);
  return (
    <svg width={width} height={12 * estimates.length + 4} aria-hidden="true" focusable="false" style={VARIABLES}>
      {estimates.map((one, place) => {
        const y = 8 + 12 * place;
        return (
          <g key={place} style={{ stroke: one.colour, fill: one.colour }}>
            {one.low !== null && one.high !== null && (
              <line x1={to(one.low)} x2={to(one.high)} y1={y} y2={y} strokeWidth={2} />
            )}
            {one.got !== null && <circle cx={to(one.got)} cy={y} r={4} stroke="none" />}
          </g>
        );
      })}
    </svg>
  );
}
