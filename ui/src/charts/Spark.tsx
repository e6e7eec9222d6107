import { VARIABLES } from "./colours";
import "./charts.css";

/** A distribution small enough for a table's cell; the cell's row says it in figures. */
export function Spark({ counts, width = 96, height = 24 }: { counts: readonly number[]; width?: number; height?: number }) {
  const most = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  return (
    <svg className="chart-spark" width={width} height={height} aria-hidden="true" focusable="false" style={VARIABLES}>
      {counts.map((count, bin) => {
        const tall = count ? Math.max(1, (height * count) / most) : 0;
        return (
          <rect
            key={bin}
            className="chart-bin"
            x={bin * step}
            y={height - tall}
            width={Math.max(1, step - 1)}
            height={tall}
          />
        );
      })}
    </svg>
  );
}
