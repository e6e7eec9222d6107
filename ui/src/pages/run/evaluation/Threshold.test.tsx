import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Evaluation } from "../documents";
import { Threshold } from "./Threshold";

const TABLE = {
  threshold: [0.9, 0.6, 0.2],
  share: [0.1, 0.5, 1],
  precision: [1, 0.6, 0.4],
  recall: [0.25, 0.75, 1],
  f1: [0.4, 0.667, 0.571],
  tp: [10, 30, 40],
  fp: [0, 20, 60],
  fn: [30, 10, 0],
  tn: [60, 40, 0],
  value_per_case: [1, 2.6, 2.8],
};
const EVALUATION = {
  task: "binary",
  unit: "EUR",
  threshold: 0.5,
  threshold_why: "of most value on the validation rows.",
  capacity: null,
  value: { true_positive: 10, false_positive: -2, false_negative: 0, true_negative: 0 },
  confusion: { labels: ["no", "yes"], matrix: [[40, 20], [10, 30]] },
  baseline: { metrics: { precision: 0.4, recall: 1, value_per_case: 2.8 } },
  intervals: { precision: { low: 0.5, high: 0.7, level: 0.95 } },
  curves: { thresholds: TABLE },
} as unknown as Evaluation;

test("everything moves with the slider, and back", () => {
  render(<Threshold evaluation={EVALUATION} />);
  const slider = screen.getByRole("slider", { name: /Act on a probability of 50% and above/ });
  const money = (amount: string) => `${amount}\u00a0EUR`;
  expect(slider).toHaveAttribute(
    "aria-valuetext",
    `50%: 50% acted on, precision 60%, recall 75%, worth ${money("2,600")} per 1,000 cases; 30 rightly, 20 in vain, 10 missed`,
  );
  fireEvent.change(slider, { target: { value: "2" } });
  expect(slider).toHaveAttribute(
    "aria-valuetext",
    `20%: 100% acted on, precision 40%, recall 100%, worth ${money("2,800")} per 1,000 cases; 40 rightly, 60 in vain, 0 missed`,
  );
  expect(screen.getByText("40 rightly, 60 in vain, 0 missed")).toBeInTheDocument();
  expect(screen.getByText("chosen 60% (95%: 50% to 70%)")).toBeInTheDocument();
  expect(screen.getByText("naive baseline 2,800 EUR")).toBeInTheDocument();
  fireEvent.click(screen.getByRole("button", { name: "Back to the chosen threshold" }));
  expect(screen.getByText("30 rightly, 20 in vain, 10 missed")).toBeInTheDocument();
});

test("without a value of outcomes, F1 takes the place of money", () => {
  render(<Threshold evaluation={{ ...EVALUATION, value: null }} />);
  expect(screen.getByRole("slider", { name: /F1 against the share acted on/ })).toBeInTheDocument();
  expect(screen.queryByText(/EUR/)).toBeNull();
});
