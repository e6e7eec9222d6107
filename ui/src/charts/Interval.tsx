import { NAIVE, VARIABLES } from "./colours";
import { extent, linear } from "./scale";
import { useWidth } from "./useWidth";
import "./charts.css";

interface Props {
  /** The whole picture in words. */
  text: string;
  got: number;
  low: number | null;
  high: number | null;
  wanted?: number | null;
  /** What stands at `wanted`. */
  wantedName?: string;
  naive?: number | null;
  colour: string;
}

/** A figure with its interval, the bound that was wanted and what the naive baseline gets, on one scale. */
export function Interval({ text, got, low, high, wanted, wantedName = "wanted", naive, colour }: Props) {
  const [element, width] = useWidth<HTMLDivElement>(240);
  const range = extent([got, low, high, wanted, naive]);
  const to = linear(range, [8, width - 8]);
  return (
    <div className="chart" ref={element} style={VARIABLES} role="img" aria-label={text}>
      <svg width={width} height={40} aria-hidden="true" focusable="false">
        <line x1={8} x2={width - 8} y1={16} y2={16} style={{ stroke: "var(--chart-grid)" }} strokeWidth={2} />
        {low !== null && high !== null && (
          <line x1={to(low)} x2={to(high)} y1={16} y2={16} strokeWidth={8} strokeLinecap="round" strokeOpacity={0.4} style={{ stroke: colour }} />
        )}
        {naive !== null && naive !== undefined && <Label x={to(naive)} width={width} name="naive" colour={NAIVE} />}
        {wanted !== null && wanted !== undefined && (
          <>
            <line className="chart-wanted" x1={to(wanted)} x2={to(wanted)} y1={4} y2={28} />
            <text x={to(wanted)} y={38} textAnchor={anchor(to(wanted), width)}>
              {wantedName}
            </text>
          </>
        )}
        <circle cx={to(got)} cy={16} r={6} style={{ fill: colour }} />
      </svg>
    </div>
  );
}

function Label({ x, width, name, colour }: { x: number; width: number; name: string; colour: string }) {
  return (
    <>
      <rect x={x - 4} y={12} width={8} height={8} transform={`rotate(45 ${x} 16)`} style={{ fill: colour }} />
      <text x={x} y={38} textAnchor={anchor(x, width)}>
        {name}
      </text>
    </>
  );
}

function anchor(x: number, width: number): "start" | "middle" | "end" {
  return x < 40 ? "start" : x > width - 40 ? "end" : "middle";
}
