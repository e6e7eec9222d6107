import type { BatchBrief } from "../../../client/schema";

/** Whether a file is still being scored. */
export function going({ state }: Pick<BatchBrief, "state">): boolean {
  return state === "waiting" || state === "running";
}
