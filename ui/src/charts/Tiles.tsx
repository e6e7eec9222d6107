import type { CSSProperties, ReactNode } from "react";
import "./charts.css";

/** Charts beside one another, as many as there is room for at the `least` width in pixels. */
export function Tiles({ children, least = 340 }: { children: ReactNode; least?: number }) {
  return (
    <div className="chart-tiles" style={{ "--tile": `${least}px` } as CSSProperties}>
      {children}
    </div>
  );
}
