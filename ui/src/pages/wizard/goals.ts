/** Goals in plain words, and what they are in a problem file. */
import type { Proposal } from "../../client/schema";
import type { TomlValue } from "../../lib/toml";

interface Kind {
  metric: string;
  bound: "at_least" | "at_most" | "better_than";
  /** The sentence before and after the number; POSITIVE and UNIT are replaced. */
  before: string;
  after: string;
  help: string;
  /** What the person types is divided by this. */
  scale: number;
  /** Only where it is said what outcomes are worth. */
  worth?: true;
}

export interface Chosen {
  kind: Kind;
  on: boolean;
  amount: string;
}

const kind = (metric: string, bound: Kind["bound"], before: string, after: string, help: string, scale = 1, worth?: true): Kind => ({
  metric,
  bound,
  before,
  after,
  help,
  scale,
  ...(worth && { worth }),
});

const BETTER = "It beats the naive baseline, which always gives the same answer";
const OFFERED: Record<NonNullable<Proposal["task"]>, readonly [Kind, boolean, string][]> = {
  binary: [
    [kind("roc_auc", "better_than", BETTER, "", "The least that a model must do to be of any use."), true, ""],
    [kind("roc_auc", "at_least", "It ranks a case of POSITIVE above another one", "times out of 100", "ROC AUC: 50 is guessing, 100 is perfect.", 100), false, "80"],
    [kind("recall", "at_least", "It finds at least", "% of all POSITIVE", "Recall: how few are missed.", 100), false, "80"],
    [kind("precision", "at_least", "At least", "% of those acted on really are POSITIVE", "Precision: how few are acted on in vain.", 100), false, "50"],
    [kind("value_per_case", "better_than", "It is worth more than the naive baseline", "", "In money, by what outcomes are worth.", 1, true), true, ""],
    [kind("value_per_case", "at_least", "It brings at least", "UNIT per case", "Mean worth of its decisions.", 1, true), false, "1"],
  ],
  multiclass: [
    [kind("accuracy", "better_than", BETTER, "", "The least that a model must do to be of any use."), true, ""],
    [kind("accuracy", "at_least", "It is right in at least", "% of all cases", "Accuracy.", 100), false, "80"],
    [kind("f1", "at_least", "Its F1, on average over the classes, is at least", "of 100", "Balances what is missed and what is wrongly named.", 100), false, "70"],
  ],
  regression: [
    [kind("mae", "better_than", BETTER, "", "The least that a model must do to be of any use."), true, ""],
    [kind("mae", "at_most", "On average it is off by at most", "", "Mean absolute error, in the unit of what is predicted."), false, "1"],
    [kind("mape", "at_most", "On average it is off by at most", "% of the true value", "Mean absolute percentage error.", 100), false, "20"],
    [kind("r2", "at_least", "It explains at least", "% of the differences between cases", "R².", 100), false, "50"],
  ],
};

export function offered(task: Proposal["task"]): Chosen[] {
  return OFFERED[task ?? "binary"].map(([one, on, amount]) => ({ kind: one, on, amount }));
}

/** The words before and after the number. */
export function sentence({ before, after }: Kind, positive: string, unit: string): [string, string] {
  const put = (text: string) => text.replace("POSITIVE", `“${positive}”`).replace("UNIT", unit).trim();
  return [put(before), put(after)];
}

/** Those that count: the ones in money only where it is said what outcomes are worth. */
export function chosen(goals: readonly Chosen[], worth: boolean): readonly Chosen[] {
  return goals.filter(({ on, kind: { worth: money } }) => on && (worth || !money));
}

/** "It finds at least 80 % of all “Yes”." */
export function inWords({ kind: one, amount }: Chosen, positive: string, unit: string): string {
  const [before, after] = sentence(one, positive, unit);
  return `${[before, one.bound === "better_than" ? "" : amount, after].filter(Boolean).join(" ")}.`;
}

export function wrong({ kind: { bound }, on, amount }: Chosen): boolean {
  return on && bound !== "better_than" && (amount.trim() === "" || !Number.isFinite(Number(amount)));
}

export function toGoal({ kind: { metric, bound, scale }, amount }: Chosen): Record<string, TomlValue> {
  if (bound === "better_than") return { metric, better_than: "baseline" };
  // Without the digits that dividing by 100 leaves behind.
  return { metric, [bound]: Number((Number(amount) / scale).toPrecision(12)) };
}
