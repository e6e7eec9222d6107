import { MODEL, SECOND } from "../../../charts/colours";
import { Figure } from "../../../charts/Figure";
import { figure, label } from "../../../charts/metrics";
import { Plot } from "../../../charts/Plot";
import { extent } from "../../../charts/scale";
import { count } from "../../../charts/words";
import type { Training } from "../documents";

/** The metric as the model grew: on rows it learnt from, and on rows held out. */
export function LearningCurve({ training }: { training: Training }) {
  const { curve, metric } = training;
  if (curve.length < 2) return null;
  const x = curve.map((point) => point.round);
  const series = [
    { name: "rows held out", colour: MODEL, x, y: curve.map((point) => point.validation), marked: true },
    { name: "rows learnt from", colour: SECOND, x, y: curve.map((point) => point.train), dashed: true },
  ];
  const text = (value: number | null) => figure(metric, value);
  const table = () => ({
    head: ["Rounds", "Held out", "Learnt from"],
    rows: curve.map((point) => [count(point.round), text(point.validation), text(point.train)]),
  });
  const last = curve.at(-1);
  const summary = `After ${count(last?.round)} rounds ${text(last?.validation ?? null)} on rows held out, ${text(last?.train ?? null)} on rows learnt from. A wide gap means that it learnt by heart.`;
  return (
    <Figure title="Learning curve" summary={summary} legend={series} table={table}>
      <Plot
        title={`Learning curve: ${label(metric)} by rounds`}
        x={{ label: "Rounds", range: [0, last?.round ?? 1], format: count }}
        y={{ label: label(metric), range: extent(series.flatMap((one) => one.y)), format: (value) => text(value) }}
        series={series}
      />
    </Figure>
  );
}
