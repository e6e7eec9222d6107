import { MODEL, NAIVE, SECOND } from "../../../charts/colours";
import { Figure } from "../../../charts/Figure";
import { Plot } from "../../../charts/Plot";
import { extent, thinned } from "../../../charts/scale";
import { money, number, percent, plain, share } from "../../../charts/words";
import type { Evaluation } from "../documents";
import { leastDrawn, type Point } from "../threshold";

interface Props {
  points: readonly Point[];
  place: number;
  onChoose: (place: number) => void;
}

const ACTED = { label: "Share of cases acted on", range: [0, 1] as const, format: percent };

/** Precision and recall against the share acted on. */
export function FoundPlot({ points, place, onChoose }: Props) {
  const x = points.map((point) => point.share);
  const usual = points.at(-1)?.precision ?? 0;
  const series = [
    { name: "precision", colour: MODEL, x, y: points.map((point) => point.precision) },
    { name: "recall", colour: SECOND, x, y: points.map((point) => point.recall) },
    { name: "precision at random", colour: NAIVE, x: [0, 1], y: [usual, usual], dashed: true },
  ];
  const table = () => ({
    head: ["Acted on", "Threshold", "Precision", "Recall"],
    rows: thinned(points.length, 21).flatMap((at) => {
      const one = points[at];
      return one ? [[share(one.share), share(one.threshold), share(one.precision), share(one.recall)]] : [];
    }),
  });
  const summary = `Acting on everybody would be right in ${share(usual)} of the cases.`;
  return (
    <Figure title="Precision and recall" summary={summary} legend={series} table={table}>
      <Plot
        title="Precision and recall against the share acted on"
        x={ACTED}
        y={{ label: "Share", range: [0, 1], format: percent }}
        series={series}
        cursor={points[place]?.share ?? 0}
        onChoose={onChoose}
      />
    </Figure>
  );
}

/** Money per 1,000 cases against the share acted on; F1 where outcomes have no value. */
export function WorthPlot({ points, place, evaluation, onChoose }: Props & { evaluation: Evaluation }) {
  const paid = points[0]?.value !== null;
  const worth = points.map((point) => (paid ? 1000 * (point.value ?? 0) : point.f1));
  const naive = (paid ? 1000 : 1) * (evaluation.baseline.metrics[paid ? "value_per_case" : "f1"] ?? 0);
  const least = leastDrawn(worth, naive);
  const title = paid ? "Worth per 1,000 cases" : "F1";
  const text = (value: number) => (paid ? money(Math.round(value), evaluation.unit) : number(value));
  const best = points[worth.indexOf(Math.max(...worth))];
  const series = [
    { name: "model", colour: MODEL, x: points.map((point) => point.share), y: worth.map((one) => (one < least ? null : one)) },
    { name: "naive baseline", colour: NAIVE, x: [0, 1], y: [naive, naive], dashed: true },
  ];
  const table = () => ({
    head: ["Acted on", "Threshold", title],
    rows: thinned(points.length, 21).map((at) => [share(points[at]?.share), share(points[at]?.threshold), text(worth[at] ?? 0)]),
  });
  const summary = `Best here: ${text(Math.max(...worth))}, at a threshold of ${share(best?.threshold)}.`;
  return (
    <Figure title={title} summary={summary} legend={series} table={table}>
      <Plot
        title={`${title} against the share acted on`}
        x={ACTED}
        y={{ label: title, range: extent([...worth.filter((one) => one >= least), naive]), format: plain }}
        series={series}
        spots={points[place] ? [{ name: text(worth[place] ?? 0), x: points[place].share, y: Math.max(least, worth[place] ?? 0) }] : []}
        cursor={points[place]?.share ?? 0}
        onChoose={onChoose}
      />
    </Figure>
  );
}
