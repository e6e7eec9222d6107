import { api } from "../../client/api";
import type { ProblemDetail } from "../../client/schema";

const NONE: readonly string[] = [];

/** Names of the columns of the data that the newest run used; none while there is no such run. */
export function useColumns({ latest_run: run }: ProblemDetail): readonly string[] {
  const path = { run: run?.id ?? "" };
  const options = { enabled: Boolean(run?.dataset_digest), retry: false, staleTime: Infinity };
  const { data } = api.useQuery("get", "/api/v1/runs/{run}/dataset", { params: { path } }, options);
  return data?.columns.map(({ name }) => name) ?? NONE;
}
