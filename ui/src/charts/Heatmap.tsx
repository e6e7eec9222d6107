import { MODEL, SECOND, VARIABLES } from "./colours";
import { Scroll } from "./Scroll";
import "./charts.css";

interface Props {
  caption: string;
  names: readonly string[];
  /** Correlations, -1 to 1; null where there is none. */
  matrix: readonly (readonly (number | null)[])[];
}

const FEW = 8; // columns up to which the figures fit into the cells

/** A correlation matrix: a table whose cells are coloured by the figure. */
export function Heatmap({ caption, names, matrix }: Props) {
  const few = names.length <= FEW;
  return (
    <Scroll label={caption}>
      <table className="chart-table chart-heat" style={VARIABLES}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col" title={name}>
                <span>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((row, number) => (
            <tr key={names[number]}>
              <th scope="row" title={names[number]}>
                {names[number]}
              </th>
              {row.map((value, place) => (
                <Cell key={place} value={value} few={few} title={`${names[number]} and ${names[place]}`} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Cell({ value, few, title }: { value: number | null; few: boolean; title: string }) {
  const text = value === null ? "–" : value.toFixed(2).replace("-", "−");
  return (
    <td className={few ? "wide" : undefined} style={{ background: shade(value) }} title={`${title}: ${text}`}>
      {few ? text : <span className="chart-unseen">{text}</span>}
    </td>
  );
}

/** Going together in one colour, against each other in another; the stronger, the fuller. */
export function shade(value: number | null): string {
  const strength = Math.round(70 * Math.abs(value ?? 0));
  return `color-mix(in srgb, ${(value ?? 0) < 0 ? SECOND : MODEL} ${strength}%, transparent)`;
}
