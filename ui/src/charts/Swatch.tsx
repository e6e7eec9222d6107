import type { CSSProperties } from "react";
import "./charts.css";

/** The colour of one of several things that are compared; its name stands beside it. */
export function Swatch({ colour }: { colour: string }) {
  return <span className="chart-swatch" aria-hidden="true" style={{ "--swatch": colour } as CSSProperties} />;
}
