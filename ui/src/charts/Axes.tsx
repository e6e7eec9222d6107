import { linear, ticks, type Scale } from "./scale";
import type { Axis } from "./types";

const UP = 4; // figures beside the drawing

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Room for the axes' texts; what is left is the drawing. */
export function inside(width: number, height: number, y: Axis): Box {
  const longest = Math.max(...marks(y, UP).map(({ text }) => text.length));
  return { left: Math.min(84, 14 + 7 * longest), top: 26, right: width - 12, bottom: height - 40 };
}

export function scales(box: Box, x: Axis, y: Axis): [Scale, Scale] {
  return [linear(x.range, [box.left, box.right]), linear(y.range, [box.bottom, box.top])];
}

/** Where an axis has figures, and these. */
function marks({ range, format, ticks: round = ticks }: Axis, most: number): { at: number; text: string }[] {
  const [first = 0, second = first, ...others] = round(range, most);
  const found = second === first ? [first] : [first, second, ...others];
  return found.map((at) => ({ at, text: format(at, second - first || undefined) }));
}

/** Grid, numbers and names of both axes. */
export function Axes({ box, x, y }: { box: Box; x: Axis; y: Axis }) {
  const [toX, toY] = scales(box, x, y);
  const room = Math.max(2, Math.floor((box.right - box.left) / 80));
  return (
    <g className="chart-axes">
      {marks(y, UP).map(({ at, text }) => (
        <g key={at}>
          <line x1={box.left} x2={box.right} y1={toY(at)} y2={toY(at)} />
          <text x={box.left - 6} y={toY(at)} dy="0.32em" textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      {marks(x, room).map(({ at, text }) => (
        <text key={at} x={toX(at)} y={box.bottom + 16} textAnchor="middle">
          {text}
        </text>
      ))}
      <line className="chart-base" x1={box.left} x2={box.right} y1={box.bottom} y2={box.bottom} />
      <text className="chart-name" x={0} y={12}>
        {y.label}
      </text>
      <text className="chart-name" x={(box.left + box.right) / 2} y={box.bottom + 34} textAnchor="middle">
        {x.label}
      </text>
    </g>
  );
}
