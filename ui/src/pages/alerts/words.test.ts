import { expect, test } from "vitest";
import { figures, headline } from "./words";

test("a column's drift is told in words first, then in figures", () => {
  const alert = { kind: "drift", column: "a: $&", message: "'a: $&' is distributed otherwise than in training: PSI 0.612 beyond chance, limit 0.1" };
  expect(headline(alert)).toBe("“a: $&” is distributed otherwise than in training");
  expect(figures(alert)).toBe("PSI 0.612 beyond chance, limit 0.1");
});

test("what has no column keeps its whole message as figures", () => {
  const alert = { kind: "estimated", column: "", message: "value per case is -211.8; -144.2 was promised (47% lost)" };
  expect(headline(alert)).toBe("The model probably does worse than promised");
  expect(figures(alert)).toBe("Value per case is -211.8; -144.2 was promised (47% lost)");
});
