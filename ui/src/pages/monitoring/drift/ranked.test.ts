import { expect, it } from "vitest";
import type { Look } from "../../../client/schema";
import { ranked } from "./ranked";

const column = (name: string, psi: number | null, drifted: boolean) => ({ column: name, psi, drifted });
const finding = (name: string | null, risk: number | null) => ({ column: name, money_at_risk: risk });

it("ranks columns by what they may cost, then by drift", () => {
  const look = {
    drift: { columns: [column("calm", 0.01, false), column("far", 0.9, false), column("cheap", 0.2, true), column("dear", 0.15, true), column("unpriced", 0.4, true)] },
    findings: [finding("cheap", 10), finding("dear", 900), finding("dear", 50), finding(null, 5000), finding("unpriced", null)],
  } as unknown as Look;
  const found = ranked(look);
  expect(found.map((one) => one.column)).toEqual(["dear", "cheap", "unpriced", "far", "calm"]);
  expect(found[0]?.risk).toBe(900);
  expect(found[2]?.risk).toBeNull();
});

it("has no columns where there was too little traffic", () => {
  expect(ranked({ drift: null, findings: [] } as unknown as Look)).toEqual([]);
});
