import type { ReactNode } from "react";
import "./charts.css";

/** Charts beside one another, as many as there is room for. */
export function Tiles({ children }: { children: ReactNode }) {
  return <div className="chart-tiles">{children}</div>;
}
