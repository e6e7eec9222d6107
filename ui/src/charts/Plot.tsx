import { Axes, inside, scales } from "./Axes";
import { Line } from "./Line";
import { Probed } from "./Probed";
import { nearest } from "./scale";
import { Spots } from "./Spots";
import type { PlotProps, Told } from "./types";
import { useProbe } from "./useProbe";
import { useWidth } from "./useWidth";

/** Lines or points over two numeric axes. Arrow keys walk along the first series; screen readers hear each point. */
export function Plot(props: PlotProps) {
  const { title, x, y, series, height = 260 } = props;
  const [element, width] = useWidth<HTMLDivElement>();
  const box = inside(width, height, y);
  const [toX, toY] = scales(box, x, y);
  const first = series[0];
  const probe = useProbe({ first, toX, toY, onChoose: props.onChoose });
  const at = probe.place;
  const told = at === null ? undefined : (props.describe ?? ((place) => said(props, place)))(at);
  const atX = at === null ? undefined : first?.x[at];
  return (
    <Probed
      {...{ title, element, told, width, height }}
      handlers={probe.handlers}
      places={first?.x.length ?? 1}
      place={at}
      at={atX === undefined ? undefined : toX(atX)}
      hint="Arrow keys read the points"
    >
      <Axes box={box} x={x} y={y} />
      {props.cursor !== undefined && <Upright className="chart-cursor" x={toX(props.cursor)} box={box} />}
      {atX !== undefined && <Upright className="chart-hair" x={toX(atX)} box={box} />}
      {[...series].reverse().map((one) => (
        <Line key={one.name} series={one} toX={toX} toY={toY} />
      ))}
      <Spots spots={props.spots ?? []} toX={toX} toY={toY} box={box} />
      {at !== null && first && <circle className="chart-here" cx={toX(first.x[at] ?? 0)} cy={toY(first.y[at] ?? 0)} r={5} />}
    </Probed>
  );
}

function Upright({ x, box, className }: { x: number; box: { top: number; bottom: number }; className: string }) {
  return <line className={className} x1={x} x2={x} y1={box.top} y2={box.bottom} />;
}

function said({ x, y, series }: PlotProps, place: number): Told {
  const at = series[0]?.x[place] ?? 0;
  const figures = series.map((one, index) => {
    const found = one.y[index === 0 ? place : nearest(one.x, at)];
    return found === null || found === undefined ? "" : `${one.name} ${y.format(found)}`;
  });
  return { head: `${x.label} ${x.format(at)}`, figures: figures.filter(Boolean) };
}
