import { expect, test } from "vitest";
import { ago, at } from "./time";

const NOW = Date.parse("2026-03-10T12:00:00Z");

test.each([
  ["2026-03-10T11:59:30Z", "just now"],
  ["2026-03-10T11:55:00Z", "5 minutes ago"],
  ["2026-03-10T13:00:00Z", "in 1 hour"],
  ["2026-03-09T11:00:00Z", "yesterday"],
  [null, "–"],
])("%s is %s", (iso, words) => {
  expect(ago(iso, NOW)).toBe(words);
});

test("long ago is a date in the reader's zone", () => {
  expect(ago("2025-01-01T00:00:00Z", NOW)).toBe(at("2025-01-01T00:00:00Z"));
  expect(at("2026-03-10T12:00:00Z")).toContain(String(new Date(NOW).getHours() % 12 || 12));
});
