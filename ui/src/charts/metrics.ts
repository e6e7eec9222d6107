/** The metrics by name: how a figure of each is written, and which way is better. */
import { money, NONE, number, share } from "./words";

interface Metric {
  label: string;
  help: string;
  /** Whether a greater figure is better; null where neither end is. */
  greater: boolean | null;
  /** decimals: three of them; share: a percentage; money: in the unit of the problem's values. */
  kind: "decimals" | "share" | "money" | "number";
}

const METRICS: Record<string, Metric> = {
  roc_auc: metric("ROC AUC", true, "Chance that a positive case scores above a negative one."),
  average_precision: metric("Average precision", true, "Area under the precision-recall curve."),
  log_loss: metric("Log loss", false, "Mean negative logarithm of the probability given to what happened."),
  brier: metric("Brier score", false, "Mean squared error of the probabilities."),
  accuracy: metric("Accuracy", true, "Share of cases decided rightly."),
  precision: metric("Precision", true, "Share of the cases acted on that are positive."),
  recall: metric("Recall", true, "Share of the positive cases that are acted on."),
  f1: metric("F1", true, "Harmonic mean of precision and recall."),
  value_per_case: metric("Value per case", true, "Mean worth of the decisions.", "money"),
  rmse: metric("RMSE", false, "Root of the mean squared error, in the target's unit.", "number"),
  mae: metric("MAE", false, "Mean absolute error, in the target's unit.", "number"),
  r2: metric("R²", true, "Share of the target's variance explained."),
  mape: metric("MAPE", false, "Mean absolute error relative to the true value."),
  positive_rate: metric("Positive in truth", null, "Share of the cases that are positive.", "share"),
  selection_rate: metric("Acted on", null, "Share of the cases that are acted on.", "share"),
  false_positive_rate: metric("False alarms", false, "Share of the negative cases that are acted on.", "share"),
};

function metric(label: string, greater: boolean | null, help: string, kind: Metric["kind"] = "decimals"): Metric {
  return { label, greater, help, kind };
}

export function label(name: string): string {
  return METRICS[name]?.label ?? name;
}

export function help(name: string): string {
  return METRICS[name]?.help ?? "";
}

export function greaterIsBetter(name: string): boolean | null {
  return METRICS[name]?.greater ?? true;
}

/** A metric's value as text, in its unit. */
export function figure(name: string, value: number | null | undefined, unit = ""): string {
  if (value === null || value === undefined) return NONE;
  const kind = METRICS[name]?.kind ?? "number";
  if (kind === "money") return money(value, unit);
  if (kind === "share") return share(value);
  if (kind === "decimals") return value.toFixed(3).replace("-", "−");
  return number(value);
}

/** "0.779 to 0.823"; "" when there is none. */
export function interval(name: string, bounds: { low?: number | null; high?: number | null } | null | undefined, unit = "") {
  const [low, high] = [bounds?.low, bounds?.high];
  if (low === null || low === undefined || high === null || high === undefined) return "";
  if (METRICS[name]?.kind !== "money") return `${figure(name, low)} to ${figure(name, high)}`;
  const size = Math.max(Math.abs(low), Math.abs(high));
  return `${money(low, "", size)} to ${money(high, unit, size)}`;
}
