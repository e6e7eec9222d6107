/** What groups are compared by, for each kind of question. */
import type { Evaluation } from "../documents";

export const SHOWN: Record<Evaluation["task"], readonly string[]> = {
  binary: ["positive_rate", "selection_rate", "recall", "precision", "false_positive_rate", "roc_auc"],
  multiclass: ["accuracy", "f1", "roc_auc"],
  regression: ["mae", "rmse", "r2"],
};
