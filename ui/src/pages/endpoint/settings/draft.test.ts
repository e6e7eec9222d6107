import { expect, it } from "vitest";
import type { EndpointSettings } from "../../../client/schema";
import { draftOf, faults, settingsOf } from "./draft";

const settings: EndpointSettings = {
  capture_rate: 0.25,
  masked: ["name"],
  max_rows: 1000,
  max_bytes: 6_000_000,
  max_seconds: 60,
  rules: { min_requests: 200, min_seconds: 60, chance_of_error: 0.01, latency_ratio: 1.5, latency_slack: 0.005 },
};

it("goes into the form and comes back as it was", () => {
  expect(settingsOf(draftOf(settings))).toEqual(settings);
});

it("says what is no number that could be meant", () => {
  const draft = { ...draftOf(settings), max_rows: "1.5", max_seconds: "", chance_of_error: "2", latency_slack: "-1" };
  expect(Object.keys(faults(draft)).sort()).toEqual(["chance_of_error", "latency_slack", "max_rows", "max_seconds"]);
  expect(faults(draftOf(settings))).toEqual({});
});
