import type { ReactNode } from "react";
import { Figure } from "../../charts/Figure";
import { Plot } from "../../charts/Plot";
import type { PlotProps } from "../../charts/types";

interface Props {
  drawn: Pick<PlotProps, "title" | "x" | "y" | "series">;
  summary: ReactNode;
  /** Where the look that is shown below stands, and what happens when another is chosen. */
  cursor?: number | undefined;
  onChoose?: (place: number) => void;
  height?: number;
}

/** A figure over the looks; choosing a point chooses its look. */
export function OverTime({ drawn, summary, cursor, onChoose, height = 240 }: Props) {
  const { x, y, series } = drawn;
  const table = () => ({
    head: ["Look", ...series.map(({ name }) => name)],
    rows: (series[0]?.x ?? []).map((at, place) => [x.format(at), ...series.map((one) => said(one.y[place], y.format))]),
  });
  return (
    <Figure title={drawn.title} summary={summary} legend={series} table={table}>
      <Plot {...drawn} height={height} {...(cursor !== undefined && { cursor })} {...(onChoose && { onChoose })} />
    </Figure>
  );
}

function said(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}
