/** The curves of a binary evaluation as series: of one model, or of several side by side. */
import { NAIVE } from "../../../charts/colours";
import { extent, pairs } from "../../../charts/scale";
import type { Axis, PlotProps, Series, Spot } from "../../../charts/types";
import { plain, share } from "../../../charts/words";
import type { Evaluation } from "../documents";

/** A model of which curves are drawn. */
export interface Drawn {
  name: string;
  colour: string;
  evaluation: Evaluation;
}

export type Picture = Pick<PlotProps, "title" | "x" | "y" | "series" | "spots">;

export const KINDS = ["roc", "pr", "gain", "lift", "calibration"] as const;
export type CurveKind = (typeof KINDS)[number];

export const WORDS: Record<CurveKind, { title: string; meaning: string }> = {
  roc: { title: "ROC", meaning: "How many positive cases are found for how many negative ones acted on in vain." },
  pr: { title: "Precision and recall", meaning: "How often acting is right, for how many of the positive cases are found." },
  gain: { title: "Gain", meaning: "Acting on the best-scored cases first: how many of the positive ones are reached." },
  lift: { title: "Lift", meaning: "How many times more positive cases than an equally large random choice would hold." },
  calibration: { title: "Calibration", meaning: "Whether a predicted 30% happens in 30% of the cases." },
};

const whole = (value: number) => share(value, 0);
const unit = (label: string): Axis => ({ label, range: [0, 1], format: whole });

/** The picture of one kind, or null when no model has such a curve. */
export function picture(kind: CurveKind, drawn: readonly Drawn[]): Picture | null {
  const lines = drawn.map((one) => line(kind, one));
  if (lines.every((one) => one.x.length === 0)) return null;
  const spots = drawn.length === 1 ? drawn.flatMap((one) => chosen(kind, one.evaluation)) : [];
  return { title: WORDS[kind].title, ...axes(kind, lines), series: [...lines, ...naive(kind, drawn)], spots };
}

function line(kind: CurveKind, { name, colour, evaluation: { curves } }: Drawn): Series {
  const points = {
    roc: () => pairs(curves?.roc?.fpr, curves?.roc?.tpr),
    pr: () => pairs(curves?.pr?.recall, curves?.pr?.precision),
    gain: () => pairs(curves?.lift?.share, curves?.lift?.gain),
    lift: () => pairs(curves?.lift?.share, curves?.lift?.lift),
    calibration: () => pairs(curves?.calibration?.predicted, curves?.calibration?.observed),
  }[kind]();
  return { name, colour, ...points, marked: kind === "calibration" };
}

function axes(kind: CurveKind, lines: readonly Series[]): { x: Axis; y: Axis } {
  const acted = unit("Cases acted on, best scores first");
  const most = Math.max(...lines.flatMap((one) => [...one.x, ...one.y.map((value) => value ?? 0)]), 0.01);
  const range = [0, Math.min(1, most)] as const;
  return {
    roc: { x: unit("Negative cases acted on"), y: unit("Positive cases found") },
    pr: { x: unit("Recall"), y: unit("Precision") },
    gain: { x: acted, y: unit("Positive cases found") },
    lift: {
      x: acted,
      y: { label: "Times better than at random", range: extent(lines.flatMap((one) => [...one.y]), 0), format: plain },
    },
    calibration: {
      x: { label: "Probability predicted", range, format: whole },
      y: { label: "Turned out positive", range, format: whole },
    },
  }[kind];
}

/** What no skill would draw; of a calibration, what a perfect one would. */
function naive(kind: CurveKind, drawn: readonly Drawn[]): Series[] {
  const rate = positives(drawn[0]?.evaluation);
  if (kind === "pr" && !rate) return []; // classes each have a rate of their own
  const name = kind === "calibration" ? "perfect" : "no skill";
  const y = { roc: [0, 1], pr: [rate, rate], gain: [0, 1], lift: [1, 1], calibration: [0, 1] }[kind];
  return [{ name, colour: NAIVE, x: [0, 1], y, dashed: true }];
}

/** Share of positive cases among the test rows. */
export function positives(evaluation: Evaluation | undefined): number {
  const matrix = evaluation?.confusion?.matrix ?? [];
  const sum = (row: readonly number[] = []) => row.reduce((total, one) => total + one, 0);
  const total = matrix.reduce((all, row) => all + sum(row), 0);
  return total ? sum(matrix.at(-1)) / total : 0;
}

/** Where the chosen threshold lies on a curve. */
function chosen(kind: CurveKind, { confusion, threshold }: Evaluation): Spot[] {
  const [[tn = 0, fp = 0] = [], [fn = 0, tp = 0] = []] = confusion?.matrix ?? [];
  const name = `threshold ${share(threshold)}`;
  const acted = (tp + fp) / (tn + fp + fn + tp);
  const recall = tp / (tp + fn);
  if (!tp) return [];
  if (kind === "roc" && tn + fp) return [{ name, x: fp / (tn + fp), y: recall }];
  if (kind === "pr") return [{ name, x: recall, y: tp / (tp + fp) }];
  return kind === "gain" ? [{ name, x: acted, y: recall }] : [];
}
