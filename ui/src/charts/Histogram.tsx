import { Axes, inside, scales } from "./Axes";
import { Probed } from "./Probed";
import { linear } from "./scale";
import { useProbe } from "./useProbe";
import { useWidth } from "./useWidth";

interface Props {
  title: string;
  label: string;
  edges: readonly number[];
  counts: readonly number[];
  /** A part of each count, drawn in front of it. */
  part?: { name: string; counts: readonly number[] } | undefined;
  format: (value: number) => string;
  height?: number;
}

/** How many rows lie in each range; arrow keys read the bins. */
export function Histogram({ title, label, edges, counts, part, format, height = 220 }: Props) {
  const [element, width] = useWidth<HTMLDivElement>();
  const x = { label, range: [edges[0] ?? 0, edges.at(-1) ?? 1] as const, format };
  const y = { label: "rows", range: [0, Math.max(1, ...counts)] as const, format: whole };
  const box = inside(width, height, y);
  const [toX, toY] = scales(box, x, y);
  const middles = counts.map((_, bin) => ((edges[bin] ?? 0) + (edges[bin + 1] ?? 0)) / 2);
  const first = { name: title, colour: "", x: middles, y: counts };
  const { place, handlers } = useProbe({ first, toX, toY: linear([0, 1], [0, 0]) });
  const told = place === null ? undefined : said(place);

  function said(bin: number) {
    const figures = [`${whole(counts[bin] ?? 0)} rows`];
    if (part) figures.push(`${part.name} ${whole(part.counts[bin] ?? 0)}`);
    return { head: `${format(edges[bin] ?? 0)} to ${format(edges[bin + 1] ?? 0)}`, figures };
  }

  function bars(heights: readonly number[], kind: string) {
    return heights.map((count, bin) => {
      const [from, to] = [toX(edges[bin] ?? 0), toX(edges[bin + 1] ?? 0)];
      const top = toY(count);
      return <rect key={bin} className={kind} x={from} y={top} width={Math.max(1, to - from - 1)} height={box.bottom - top} />;
    });
  }

  return (
    <Probed
      {...{ title, element, handlers, place, told, width, height }}
      places={counts.length}
      at={place === null ? undefined : toX(middles[place] ?? 0)}
      hint="Arrow keys read the bins"
    >
      <Axes box={box} x={x} y={y} />
      {bars(counts, "chart-bin")}
      {part && bars(part.counts, "chart-bin second")}
    </Probed>
  );
}

function whole(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}
