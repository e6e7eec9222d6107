import { useQueries } from "@tanstack/react-query";
import { api } from "../../client/api";
import type { Evaluation, RunBrief } from "../../client/schema";

/** The evaluations of runs, in their order; of one that has none, nothing. */
export function useEvaluations(runs: readonly RunBrief[]): (Evaluation | undefined)[] {
  const answers = useQueries({
    queries: runs.map((run) => ({
      ...api.queryOptions("get", "/api/v1/runs/{run}/evaluation", { params: { path: { run: run.id } } }),
      staleTime: "static" as const,
      retry: false,
    })),
  });
  return answers.map((answer) => answer.data);
}
