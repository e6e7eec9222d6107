import { BAD, GOOD, VARIABLES } from "./colours";
import { Scroll } from "./Scroll";
import { NONE, share } from "./words";
import "./charts.css";

interface Props {
  caption: string;
  labels: readonly string[];
  /** Rows: what it was; columns: what was decided. */
  matrix: readonly (readonly number[])[];
}

/** The confusion matrix; each cell says how many, and what share of its row. */
export function Matrix({ caption, labels, matrix }: Props) {
  return (
    <Scroll label={caption}>
      <table className="chart-table chart-matrix" style={VARIABLES}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <td />
            {labels.map((label) => (
              <th key={label} scope="col">
                decided {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((row, actual) => (
            <tr key={labels[actual]}>
              <th scope="row">was {labels[actual]}</th>
              {row.map((count, decided) => (
                <Cell key={decided} count={count} of={sum(row)} right={actual === decided} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Cell({ count, of, right }: { count: number; of: number; right: boolean }) {
  const part = of ? count / of : 0;
  const colour = `color-mix(in srgb, ${right ? GOOD : BAD} ${Math.round(8 + 20 * part)}%, transparent)`;
  return (
    <td style={{ background: count ? colour : undefined }}>
      <strong>{count.toLocaleString("en")}</strong>
      {of ? share(part) : NONE}
    </td>
  );
}

function sum(row: readonly number[]): number {
  return row.reduce((total, one) => total + one, 0);
}
