import { expect, test } from "vitest";
import { breakEven } from "./breakEven";

const worth = (true_positive: number, false_positive: number, false_negative = 0, true_negative = 0) => ({
  unit: "EUR",
  true_positive,
  false_positive,
  false_negative,
  true_negative,
});

test.each([
  [worth(100, -10), "“yes” is 9.1% or more"],
  [worth(0, -400, -6000), "“yes” is 6.3% or more"],
  [worth(100, 10), "always pays"],
  [worth(-5, -10), "never pays"],
  [worth(-5, 10), "Is a sign wrong?"],
  [worth(Number.NaN, 10), ""],
])("%j", (value, words) => {
  expect(breakEven(value, "yes")).toContain(words);
});
