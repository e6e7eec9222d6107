import { useNavigate } from "react-router";
import { client } from "../client/api";
import { useChange } from "./change";
import { runPage } from "./places";

interface Saved {
  name: string;
  toml: string;
  revision: number;
}

/** Starts a run of a problem and goes to its page. A problem that came from the command line is saved first. */
export function useStartRun() {
  const navigate = useNavigate();
  return useChange(start, { touches: ["/api/v1/runs", "/api/v1/problems"], then: (run) => void navigate(runPage(run.id)) });
}

async function start({ problem, fresh = false }: { problem: Saved; fresh?: boolean }) {
  const params = { path: { name: problem.name } };
  let { revision } = problem;
  if (revision === 0) {
    const saved = await client.PUT("/api/v1/problems/{name}", { params, body: { toml: problem.toml, revision } });
    revision = saved.data?.revision ?? revision;
  }
  return client.POST("/api/v1/problems/{name}/runs", { params, body: { fresh, revision, overrides: [] } });
}
