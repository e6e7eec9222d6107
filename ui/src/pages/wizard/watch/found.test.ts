import { expect, test } from "vitest";
import { found } from "./found";

test.each([
  ["recall", 0.8958, "yes", "It finds 89.6% of all “yes”"],
  ["roc_auc", 0.861, "yes", "It ranks a case of “yes” above another one 86.1 times out of 100"],
  ["value_per_case", 21.87, "", "It brings 21.87\u00a0EUR per case"],
  ["recall", 0.9, "", "Recall 0.900"],
  ["f1", 0.5, "yes", "F1 0.500"],
  ["accuracy", null, "", "Accuracy –"],
])("%s %s is said as one would", (metric, got, positive, said) => expect(found(metric, got, positive, "EUR")).toBe(said));
