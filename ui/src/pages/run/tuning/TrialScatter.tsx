import { series as colour } from "../../../charts/colours";
import { Figure } from "../../../charts/Figure";
import { figure, label } from "../../../charts/metrics";
import { Plot } from "../../../charts/Plot";
import { extent } from "../../../charts/scale";
import type { Training } from "../documents";
import { learners, parameters, ranked } from "./trials";

/** The score of each trial in the order they were made. */
export function TrialScatter({ training }: { training: Training }) {
  const all = [...ranked(training)].sort((one, other) => one.number - other.number);
  const best = ranked(training)[0];
  const metric = label(training.metric);
  const kinds = learners(training);
  // All of them come first, unseen, so that the arrow keys walk through every trial.
  const every = { name: "all", colour: "transparent", x: all.map((one) => one.number + 1), y: all.map((one) => one.score), dots: true };
  const groups = kinds.map((name, place) => {
    const own = all.filter((one) => one.learner === name);
    return { name, colour: colour(place), x: own.map((one) => one.number + 1), y: own.map((one) => one.score), dots: true };
  });
  const text = (score: number | null) => figure(training.metric, score);
  const summary = best ? `Best: trial ${best.number + 1}, ${best.learner}, ${metric} ${text(best.score)}.` : "";
  const table = () => ({
    head: ["Trial", "Learner", metric, "State"],
    rows: all.map((one) => [one.number + 1, one.learner, text(one.score), one.state]),
  });
  return (
    <Figure title="Trial by trial" summary={summary} legend={groups} table={table}>
      <Plot
        title={`${metric} trial by trial`}
        x={{ label: "Trial", range: [0, Math.max(1, all.length + 1)], format: (value) => String(Math.round(value)) }}
        y={{ label: metric, range: extent(every.y), format: (value) => text(value) }}
        series={[every, ...groups]}
        spots={best?.score != null ? [{ name: "best", x: best.number + 1, y: best.score }] : []}
        describe={(place) => {
          const one = all[place];
          if (!one) return { head: "", figures: [] };
          return { head: `Trial ${one.number + 1}, ${one.learner}`, figures: [`${metric} ${text(one.score)}`, one.state, parameters(one)].filter(Boolean) };
        }}
      />
    </Figure>
  );
}
