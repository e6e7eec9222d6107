/** What was tried, seen from the side of the charts. */
import type { Dimension } from "../../../charts/Parallel";
import { number, typed } from "../../../charts/words";
import { greaterIsBetter } from "../../../charts/metrics";
import type { Training, Trial } from "../documents";

/** Trials with a score, the best first. */
export function ranked({ trials, metric }: Training): Trial[] {
  const sign = greaterIsBetter(metric) ? -1 : 1;
  const known = trials.filter((trial) => trial.score !== null);
  return known.sort((one, other) => sign * ((one.score ?? 0) - (other.score ?? 0)));
}

/** Learners, those with the best trial first. */
export function learners(training: Training): string[] {
  return [...new Set(ranked(training).map((trial) => trial.learner))];
}

/** "learning_rate 0.05, max_depth 6". */
export function parameters(trial: Pick<Trial, "parameters">): string {
  return Object.entries(trial.parameters)
    .map(([name, value]) => `${name} ${typeof value === "number" ? typed(value) : String(value)}`)
    .join(", ");
}

/** The numeric parameters that differ between trials, as axes; the score is the last. */
export function dimensions(trials: readonly Trial[], score: string): { axes: Dimension[]; read: (trial: Trial) => (number | null)[] } {
  const names = [...new Set(trials.flatMap((trial) => Object.keys(trial.parameters)))];
  const numeric = (trial: Trial, name: string) => {
    const value = trial.parameters[name];
    return typeof value === "number" ? value : null;
  };
  const varying = names.filter((name) => new Set(trials.map((trial) => numeric(trial, name)).filter((value) => value !== null)).size > 1);
  const read = (trial: Trial) => [...varying.map((name) => numeric(trial, name)), trial.score];
  const axes = [...varying, score].map((name, place) => {
    const values = trials.flatMap((trial) => read(trial)[place] ?? []);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const said = place < varying.length ? typed : number;
    return { name, range: [low, high] as const, low: said(low), high: said(high) };
  });
  return { axes, read };
}
