import type { Job } from "../../client/schema";

export function busy({ state }: Pick<Job, "state">): boolean {
  return state === "starting" || state === "running";
}

export function job(jobs: readonly Job[], kind: Job["kind"]): Job | undefined {
  return jobs.find((one) => one.kind === kind);
}
