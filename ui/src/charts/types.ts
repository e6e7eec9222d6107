/** What a plot is made of. */
import type { Range } from "./scale";
import type { Format } from "./words";

export interface Series {
  name: string;
  colour: string;
  x: readonly number[];
  y: readonly (number | null)[];
  /** Drawn as single points instead of a line. */
  dots?: boolean;
  /** Points on the line. */
  marked?: boolean;
  dashed?: boolean;
}

export interface Axis {
  label: string;
  range: Range;
  format: Format;
  /** Round figures within the range, at most about so many; left out: round numbers. */
  ticks?: (range: Range, most: number) => number[];
}

/** A point of its own with a name, such as the chosen threshold. */
export interface Spot {
  name: string;
  x: number;
  y: number;
}

/** A point in words: what it is, and its figures. */
export interface Told {
  head: string;
  figures: readonly string[];
}

export interface PlotProps {
  title: string;
  x: Axis;
  y: Axis;
  series: readonly Series[];
  spots?: readonly Spot[];
  /** Where something else on the page points to, along x. */
  cursor?: number;
  height?: number;
  /** Words for one point of the first series; by default the figures of every series there. */
  describe?: (place: number) => Told;
  onChoose?: (place: number) => void;
}
