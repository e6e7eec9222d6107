import type { ReactNode } from "react";
import { VARIABLES } from "./colours";
import { Scroll } from "./Scroll";
import "./charts.css";

interface Props {
  caption: string;
  head: readonly ReactNode[];
  rows: readonly (readonly ReactNode[])[];
  /** Columns from this one on hold numbers. */
  numbers?: number;
  /** The caption stands above already; only screen readers get it here. */
  captioned?: boolean;
}

const FEW = 3; // columns that fit a phone

/** A plain table: the text of a chart, or a few figures side by side. The first cell of a row names it; on a phone the
 * others stand below it, each under the head of its column. */
export function DataTable({ caption, head, rows, numbers = 1, captioned = false }: Props) {
  const kind = (column: number) => (column >= numbers ? "number" : undefined);
  return (
    <Scroll label={caption}>
      <table className={head.length > FEW ? "chart-table chart-stack" : "chart-table"} style={VARIABLES}>
        <caption className={captioned ? "chart-unseen" : undefined}>{caption}</caption>
        <thead>
          <tr>
            {head.map((name, column) =>
              name === "" ? (
                <td key={column} />
              ) : (
                <th key={column} scope="col" className={kind(column)}>
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, number) => (
            <tr key={number}>
              {row.map((cell, column) =>
                column === 0 ? (
                  <th key={column} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={column} className={kind(column)}>
                    {head.length > FEW && <span className="chart-head">{head[column]}</span>}
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
