import type { Box } from "./Axes";
import type { Scale } from "./scale";
import type { Spot } from "./types";

/** Named points over the lines. */
export function Spots({ spots, toX, toY, box }: { spots: readonly Spot[]; toX: Scale; toY: Scale; box: Box }) {
  return spots.map((spot) => {
    const [x, y] = [toX(spot.x), toY(spot.y)];
    const left = x > (box.left + box.right) / 2;
    const above = y > box.bottom - 24;
    return (
      <g key={spot.name} className="chart-spot">
        <circle cx={x} cy={y} r={6} />
        <text x={left ? x - 10 : x + 10} y={above ? y - 8 : y + 16} textAnchor={left ? "end" : "start"}>
          {spot.name}
        </text>
      </g>
    );
  });
}
