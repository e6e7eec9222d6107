import type { CSSProperties } from "react";

/** Names and colours of what is drawn. */
export function Legend({ entries }: { entries: readonly { name: string; colour: string }[] }) {
  return (
    <ul className="chart-legend">
      {entries.map((entry) => (
        <li key={entry.name} style={{ "--swatch": entry.colour } as CSSProperties}>
          {entry.name}
        </li>
      ))}
    </ul>
  );
}
