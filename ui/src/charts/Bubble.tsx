import type { Told } from "./types";

/** What stands at the point that is looked at, for those who see; the chart itself tells it to screen readers. */
export function Bubble({ told, x, width }: { told: Told; x: number; width: number }) {
  const side = x < width / 2 ? { left: x + 12 } : { right: width - x + 12 };
  return (
    <div className="chart-bubble" style={side} aria-hidden="true">
      <strong>{told.head}</strong>
      {told.figures.map((figure) => (
        <div key={figure}>{figure}</div>
      ))}
    </div>
  );
}
