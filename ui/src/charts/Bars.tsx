import type { ReactNode } from "react";
import { BAD, MODEL, VARIABLES } from "./colours";
import { Scroll } from "./Scroll";
import "./charts.css";

export interface BarRow {
  name: ReactNode;
  value: number;
  text: string;
  /** One standard deviation. */
  spread?: number;
  colour?: string;
}

interface Props {
  caption: string;
  head: readonly [string, string];
  rows: readonly BarRow[];
  /** The length of a whole bar; by default that of the longest. */
  most?: number;
}

/** Figures with bars, as a table: the text is beside each bar. Bars of negative figures go to the left. */
export function Bars({ caption, head, rows, most }: Props) {
  const ends = rows.flatMap((row) => [row.value + (row.spread ?? 0), row.value - (row.spread ?? 0)]);
  const high = most ?? Math.max(0, ...ends);
  const low = Math.min(0, ...rows.map((row) => row.value));
  return (
    <Scroll label={caption}>
      <table className="chart-table chart-bars" style={VARIABLES}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{head[0]}</th>
            <th scope="col" className="number">
              {head[1]}
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            <tr key={place}>
              <th scope="row">{row.name}</th>
              <td className="number">{row.text}</td>
              <td className="bar">
                <Bar row={row} low={low} high={high} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** One bar between `low` and `high`, which enclose 0. */
export function Bar({ row, low = 0, high }: { row: Omit<BarRow, "name" | "text">; low?: number; high: number }) {
  const place = (value: number) => (100 * (Math.min(high, Math.max(low, value)) - low)) / (high - low || 1);
  const [from, to] = [place(Math.min(0, row.value)), place(Math.max(0, row.value))];
  const colour = row.colour ?? (row.value < 0 ? BAD : MODEL);
  const [start, end] = [place(row.value - (row.spread ?? 0)), place(row.value + (row.spread ?? 0))];
  return (
    <div className="chart-bar" aria-hidden="true">
      <span style={{ left: `${from}%`, width: `${to - from}%`, background: colour }} />
      {!!row.spread && <span className="whisker" style={{ left: `${start}%`, width: `${end - start}%` }} />}
      {low < 0 && <span className="zero" style={{ left: `${place(0)}%` }} />}
    </div>
  );
}
