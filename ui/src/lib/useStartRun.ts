import { useNavigate } from "react-router";
import { client } from "../client/api";
import { useChange } from "./change";
import { runPage } from "./places";

/** Starts a run of a saved problem and goes to its page. */
export function useStartRun(name: string) {
  const navigate = useNavigate();
  return useChange(
    ({ fresh, revision }: { fresh: boolean; revision?: number }) =>
      client.POST("/api/v1/problems/{name}/runs", { params: { path: { name } }, body: { fresh, revision, overrides: [] } }),
    { touches: ["/api/v1/runs", "/api/v1/problems"], then: (run) => void navigate(runPage(run.id)) },
  );
}
