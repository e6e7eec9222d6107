/** Colours of the data, from the design system's tokens: they follow light and dark mode by themselves. */
import type { CSSProperties } from "react";
import {
  colorBackgroundContainerContent,
  colorBorderDividerDefault,
  colorBorderItemFocused,
  colorChartsPaletteCategorical1,
  colorChartsPaletteCategorical2,
  colorChartsPaletteCategorical3,
  colorChartsPaletteCategorical4,
  colorChartsPaletteCategorical5,
  colorChartsPaletteCategorical6,
  colorChartsPaletteCategorical7,
  colorChartsPaletteCategorical8,
  colorChartsStatusHigh,
  colorChartsStatusPositive,
  colorChartsStatusNeutral,
  colorTextBodyDefault,
  colorTextBodySecondary,
} from "@cloudscape-design/design-tokens";

export const MODEL = colorChartsPaletteCategorical1;
export const SECOND = colorChartsPaletteCategorical2;
export const NAIVE = colorChartsStatusNeutral;
export const GOOD = colorChartsStatusPositive;
export const BAD = colorChartsStatusHigh;

/** Of things side by side: runs, classes. */
export const SERIES = [
  colorChartsPaletteCategorical1,
  colorChartsPaletteCategorical2,
  colorChartsPaletteCategorical3,
  colorChartsPaletteCategorical4,
  colorChartsPaletteCategorical5,
  colorChartsPaletteCategorical6,
  colorChartsPaletteCategorical7,
  colorChartsPaletteCategorical8,
] as const;

export function series(place: number): string {
  return SERIES[place % SERIES.length] ?? MODEL;
}

/** The names that charts.css goes by. */
export const VARIABLES = {
  "--chart-text": colorTextBodyDefault,
  "--chart-quiet": colorTextBodySecondary,
  "--chart-grid": colorBorderDividerDefault,
  "--chart-ground": colorBackgroundContainerContent,
  "--chart-focus": colorBorderItemFocused,
  "--chart-model": MODEL,
  "--chart-second": SECOND,
  "--chart-naive": NAIVE,
  "--chart-good": GOOD,
  "--chart-bad": BAD,
} as CSSProperties;
