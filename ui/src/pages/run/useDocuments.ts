/** What the steps of a run found. It never changes once it is there, so it is asked for once. */
import { api } from "../../client/api";

const ONCE = { staleTime: "static" } as const;
const of = (run: string) => ({ params: { path: { run } } });

export function useDataset(run: string) {
  return api.useQuery("get", "/api/v1/runs/{run}/dataset", of(run), ONCE);
}

export function useProfile(run: string) {
  return api.useQuery("get", "/api/v1/runs/{run}/profile", of(run), ONCE);
}

export function usePreparation(run: string, enabled: boolean) {
  return api.useQuery("get", "/api/v1/runs/{run}/preparation", of(run), { ...ONCE, enabled });
}

export function useTraining(run: string) {
  return api.useQuery("get", "/api/v1/runs/{run}/training", of(run), ONCE);
}

export function useEvaluation(run: string, enabled = true) {
  return api.useQuery("get", "/api/v1/runs/{run}/evaluation", of(run), { ...ONCE, enabled });
}

export function useVerdict(run: string) {
  return api.useQuery("get", "/api/v1/runs/{run}/verdict", of(run), ONCE);
}
