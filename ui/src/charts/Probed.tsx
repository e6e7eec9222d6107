import type { ReactNode } from "react";
import { Bubble } from "./Bubble";
import { VARIABLES } from "./colours";
import type { Told } from "./types";
import type { useProbe } from "./useProbe";
import type { useWidth } from "./useWidth";
import "./charts.css";

interface Props {
  title: string;
  element: ReturnType<typeof useWidth<HTMLDivElement>>[0];
  handlers: ReturnType<typeof useProbe>["handlers"];
  /** How many places can be read, which one is, and what it says. */
  places: number;
  place: number | null;
  told: Told | undefined;
  /** Where that place stands, in pixels from the left. */
  at: number | undefined;
  width: number;
  height: number;
  /** What the arrow keys read. */
  hint: string;
  children: ReactNode;
}

/** A drawing whose figures pointer and arrow keys read, one place after the other. */
export function Probed({ title, element, handlers, places, place, told, at, width, height, hint, children }: Props) {
  return (
    <div className="chart" ref={element} style={VARIABLES}>
      <div
        className="chart-probe"
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-roledescription="chart"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, places - 1)}
        aria-valuenow={place ?? 0}
        aria-valuetext={told ? `${told.head}: ${told.figures.join(", ")}` : hint}
        {...handlers}
      >
        <svg width={width} height={height} aria-hidden="true" focusable="false">
          {children}
        </svg>
      </div>
      {told && at !== undefined && <Bubble told={told} x={at} width={width} />}
    </div>
  );
}
