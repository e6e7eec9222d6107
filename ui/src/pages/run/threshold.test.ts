import { expect, test } from "vitest";
import { chosen, leastDrawn, named, point, points } from "./threshold";

const WORTH = { true_positive: 10, false_positive: -2, false_negative: -5, true_negative: 1 };

test("a point's figures, worked out by hand", () => {
  // 100 cases: 30 of 40 found, 20 acted on in vain, 40 rightly left alone.
  const found = point(0.3, { tp: 30, fp: 20, fn: 10, tn: 40 }, WORTH);
  expect(found.share).toBeCloseTo(0.5);
  expect(found.precision).toBeCloseTo(0.6);
  expect(found.recall).toBeCloseTo(0.75);
  expect(found.f1).toBeCloseTo(2 / (1 / 0.6 + 1 / 0.75));
  expect(found.value).toBeCloseTo((300 - 40 - 50 + 40) / 100);
});

test("nobody acted on, no positive, no case at all: zero, not an error", () => {
  expect(point(1, { tp: 0, fp: 0, fn: 3, tn: 5 }, null)).toMatchObject({ precision: 0, recall: 0, f1: 0, value: null });
  expect(point(1, { tp: 0, fp: 2, fn: 0, tn: 5 }, null).recall).toBe(0);
  expect(point(1, { tp: 0, fp: 0, fn: 0, tn: 0 }, WORTH)).toMatchObject({ share: 0, value: 0 });
});

// Of a real evaluation (breast-cancer, 171 test rows): rows of its table of thresholds, as the API gives them.
const TABLE = {
  threshold: [0.99974, 0.984317, 0.404311, 0.0000531],
  share: [0.00584795, 0.245614, 0.391813, 1],
  precision: [1, 1, 0.940299, 0.374269],
  recall: [0.015625, 0.65625, 0.984375, 1],
  f1: [0.0307692, 0.792453, 0.961832, 0.544681],
  tp: [1, 42, 63, 64],
  fp: [0, 0, 4, 107],
  fn: [63, 22, 1, 0],
  tn: [107, 107, 103, 0],
  value_per_case: [-2210.53, -771.93, -44.4444, -250.292],
};
const PRICES = { true_positive: 0, false_positive: -400, false_negative: -6000, true_negative: 0 };

test("the figures are those of the API's table", () => {
  const all = points(TABLE, PRICES);
  all.forEach((one, place) => {
    for (const name of ["share", "precision", "recall", "f1"] as const) expect(one[name]).toBeCloseTo(TABLE[name][place] ?? NaN, 5);
    expect(one.value).toBeCloseTo(TABLE.value_per_case[place] ?? NaN, 2);
  });
});

test("the strictest threshold comes first", () => {
  const turned = Object.fromEntries(Object.entries(TABLE).map(([name, column]) => [name, [...column].reverse()])) as typeof TABLE;
  expect(points(turned, PRICES)).toEqual(points(TABLE, PRICES));
});

test("the chosen point acts on as many as the model did, and carries the threshold in use", () => {
  const all = points(TABLE, PRICES);
  expect(chosen(all, 67)).toBe(2);
  expect(named(all, 2, 0.2842)[2]?.threshold).toBe(0.2842);
  expect(named(all, 2, 0.9)[2]?.threshold).toBe(0.404311);
  expect(chosen([], 3)).toBe(0);
});

test("a threshold that costs a fortune is not drawn", () => {
  expect(leastDrawn([-2000, -60, -50, -44, -250], -250)).toBeCloseTo(-44 - 3 * 206);
  expect(leastDrawn([5, 4, 3], 6)).toBe(3);
});
