import { expect, test } from "vitest";
import { extent, linear, moments, nearest, pairs, thinned, ticks } from "./scale";

test("a scale goes from what is measured to places, either way round", () => {
  const up = linear([0, 10], [100, 0]);
  expect([0, 5, 10].map(up)).toEqual([100, 50, 0]);
  expect(linear([3, 3], [0, 100])(3)).toBe(0);
});

test("ticks are round numbers within the range", () => {
  expect(ticks([0, 1], 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(ticks([-130, 70], 4)).toEqual([-100, -50, 0, 50]);
  expect(ticks([2, 2], 4)).toEqual([2]);
});

test("moments are round on the reader's clock, and no day comes twice", () => {
  const noon = new Date(2026, 10, 26, 12).getTime();
  const hours = (amount: number) => noon + amount * 3_600_000;
  const days = moments([noon, hours(100)], 8).map((at) => new Date(at));
  expect(days.map((at) => at.getDate())).toEqual([27, 28, 29, 30]);
  expect(days.map((at) => at.getHours())).toEqual([0, 0, 0, 0]);
  expect(moments([hours(0), hours(0.25)], 4).map((at) => new Date(at).getMinutes())).toEqual([0, 5, 10, 15]);
  expect(moments([hours(0), hours(10_000)], 4).length).toBeGreaterThan(1);
});

test("the extent leaves out what is not known, and holds what it must", () => {
  const [low, high] = extent([null, 2, undefined, 4, Number.NaN], 0);
  expect(low).toBe(0);
  expect(high).toBeGreaterThan(4);
  expect(extent([])).toEqual([0, 1]);
});

test("points are known in both figures, or not shown", () => {
  expect(pairs([1, null, 3], [4, 5, null])).toEqual({ x: [1], y: [4] });
});

test("the nearest point, and a few of many", () => {
  expect(nearest([0, 0.4, null, 0.9], 0.5)).toBe(1);
  expect(thinned(1000, 3)).toEqual([0, 500, 999]);
  expect(thinned(2, 5)).toEqual([0, 1]);
});
