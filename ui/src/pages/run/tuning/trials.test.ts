import { expect, test } from "vitest";
import type { Training, Trial } from "../documents";
import { dimensions, learners, parameters, ranked } from "./trials";

const trial = (number: number, learner: string, score: number | null, given: Trial["parameters"] = {}): Trial => ({
  ...{ number, learner, score, rounds: 10, state: "complete" },
  parameters: given,
});
const TRAINING = {
  metric: "log_loss",
  trials: [trial(0, "linear", 0.3), trial(1, "xgboost", 0.1, { depth: 3, rate: 0.1 }), trial(2, "xgboost", null), trial(3, "xgboost", 0.2, { depth: 5, rate: 0.1 })],
} as unknown as Training;

test("the best trial is the one with the least loss, or the most of what is better greater", () => {
  expect(ranked(TRAINING).map((one) => one.number)).toEqual([1, 3, 0]);
  expect(ranked({ ...TRAINING, metric: "roc_auc" }).map((one) => one.number)).toEqual([0, 3, 1]);
  expect(learners(TRAINING)).toEqual(["xgboost", "linear"]);
});

test("axes are the parameters that differ, and the score", () => {
  const { axes, read } = dimensions(ranked(TRAINING).slice(0, 2), "Log loss");
  expect(axes.map((axis) => [axis.name, ...axis.range])).toEqual([["depth", 3, 5], ["Log loss", 0.1, 0.2]]);
  expect(read(trial(9, "xgboost", 0.5, { depth: 7 }))).toEqual([7, 0.5]);
});

test("parameters in words", () => {
  expect(parameters({ parameters: { rate: 0.05, deep: true, kind: "a" } })).toBe("rate 0.05, deep true, kind a");
});
