/** Goals in words. */
import { figure } from "../charts/metrics";
import type { Goal } from "../client/schema";

const RIVALS = { baseline: "better than the naive baseline", champion: "better than the model in use" };

/** "at least 0.8, and better than the naive baseline" */
export function wanted({ metric, at_least: least, at_most: most, better_than: rival }: Goal, unit = ""): string {
  const bounds = [
    typeof least === "number" && `at least ${figure(metric, least, unit)}`,
    typeof most === "number" && `at most ${figure(metric, most, unit)}`,
    rival && RIVALS[rival],
  ];
  return bounds.filter(Boolean).join(", and ");
}
