/** What a threshold brings: counts, precision, recall and money. */

export interface Counts {
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

/** What each outcome of the decision is worth. */
export interface Worth {
  true_positive: number;
  false_positive: number;
  false_negative: number;
  true_negative: number;
}

export interface Point extends Counts {
  threshold: number;
  /** Of the cases that are acted on. */
  share: number;
  precision: number;
  recall: number;
  f1: number;
  /** Mean worth of the decisions; null where outcomes have no value. */
  value: number | null;
}

/** The table of thresholds as columns, the way the evaluation keeps it. */
export interface Columns {
  threshold: readonly (number | null)[];
  tp: readonly number[];
  fp: readonly number[];
  fn: readonly number[];
  tn: readonly number[];
}

/** The figures of one row of the table, from its counts alone. */
export function point(threshold: number, { tp, fp, fn, tn }: Counts, worth: Worth | null): Point {
  const cases = tp + fp + fn + tn;
  const part = (some: number, of: number) => (of ? some / of : 0);
  const value = worth
    ? part(tp * worth.true_positive + fp * worth.false_positive + fn * worth.false_negative + tn * worth.true_negative, cases)
    : null;
  return {
    ...{ threshold, tp, fp, fn, tn, value },
    share: part(tp + fp, cases),
    precision: part(tp, tp + fp),
    recall: part(tp, tp + fn),
    f1: part(2 * tp, 2 * tp + fp + fn),
  };
}

/** One point per threshold, the strictest first. */
export function points(table: Columns, worth: Worth | null): Point[] {
  const at = (column: readonly number[], place: number) => column[place] ?? 0;
  const found = table.threshold.map((threshold, place) => {
    const { tp, fp, fn, tn } = table;
    return point(threshold ?? 0, { tp: at(tp, place), fp: at(fp, place), fn: at(fn, place), tn: at(tn, place) }, worth);
  });
  return found.sort((one, other) => other.threshold - one.threshold || one.share - other.share);
}

/** Place of the point that acts on as many cases as the model did. (A capacity may keep it from acting on all that
 * reach its threshold.) */
export function chosen(all: readonly Point[], acted: number): number {
  const far = (point: Point) => Math.abs(point.tp + point.fp - acted);
  return all.reduce((best, one, place) => (far(one) < far(all[best] ?? one) ? place : best), 0);
}

/** The points, the chosen one with the threshold in use instead of the score just above it. */
export function named(all: readonly Point[], place: number, threshold: number | null): Point[] {
  const [here, next] = [all[place], all[place + 1]];
  const same = here && threshold !== null && (next?.threshold ?? 0) < threshold && threshold <= here.threshold;
  return same ? all.with(place, { ...here, threshold }) : [...all];
}

/** The least worth that is drawn: a threshold that costs a fortune must not flatten the choices that are worth a
 * thought. */
export function leastDrawn(worth: readonly number[], naive: number): number {
  const sorted = [...worth].sort((one, other) => one - other);
  const [least = 0, middle = 0, best = 0] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return Math.max(least, best - 3 * Math.max(best - naive, best - middle));
}
