import { expect, test } from "vitest";
import { column, count, money, number, percent, plain, plural, range, seconds, share, typed } from "./words";

test.each([
  [0.80123, "0.801"],
  [12.41, "12.4"],
  [1234.4, "1,234"],
  [-0.5, "−0.500"],
  [5, "5"],
  [0.000123456, "0.000123"],
  [-0, "0"],
  [null, "–"],
  [Number.NaN, "–"],
])("number(%s) is %s", (value, text) => expect(number(value)).toBe(text));

test.each([
  [0.083, "8.3%"],
  [0.0004, "<0.1%"],
  [1, "100%"],
  [0, "0%"],
])("share(%s) is %s", (value, text) => expect(share(value)).toBe(text));

test("money keeps decimals only where they matter", () => {
  expect(money(1234.5, "EUR")).toBe("1,235\u00a0EUR");
  expect(money(-44.44, "EUR")).toBe("−44.44\u00a0EUR");
  expect(money(-2.34, "EUR", 124)).toBe("−2\u00a0EUR");
  expect(money(12, "")).toBe("12");
});

test("seconds, counts and plurals", () => {
  expect(seconds(0.294)).toBe("0.29\u00a0s");
  expect(seconds(125)).toBe("2\u00a0min 5\u00a0s");
  expect(count(12345)).toBe("12,345");
  expect(plural(1, "row")).toBe("1 row");
  expect(plural(2000, "row")).toBe("2,000 rows");
});

test("a column of figures has the same decimals", () => {
  expect(column([0.0013187, 0.00044, 0, null])).toEqual(["0.00132", "0.00044", "0.00000", "–"]);
  expect(column([123.4, 5.67])).toEqual(["123", "6"]);
});

test("the figures of an axis have the decimals of their step", () => {
  expect([0, 0.5, 1, 1.5].map((at) => plain(at, 0.5))).toEqual(["0.0", "0.5", "1.0", "1.5"]);
  expect([0, 0.0025, 0.005].map((at) => percent(at, 0.0025))).toEqual(["0.00%", "0.25%", "0.50%"]);
  expect([-200, 0].map((at) => plain(at, 200))).toEqual(["−200", "0"]);
  expect(plain(0.5)).toBe("0.500");
});

test("parameters read as they would be typed, ranges with equal decimals", () => {
  expect([0.07, 5.4499, 1200, -0.5].map(typed)).toEqual(["0.07", "5.45", "1,200", "−0.5"]);
  expect(range(892.01, 5081.4)).toBe("892 to 5,081");
  expect(range(7.691, 27.22)).toBe("7.69 to 27.22");
  expect(range(18, 79)).toBe("18 to 79");
});
