import Button from "@cloudscape-design/components/button";
import { api } from "../client/api";
import { useStartRun } from "../lib/useStartRun";

/** Starts another run of the problem, as it is saved now. */
export function StartAgain({ problem }: { problem: string }) {
  const { data } = api.useQuery("get", "/api/v1/problems/{name}", { params: { path: { name: problem } } });
  const start = useStartRun();
  return (
    <Button disabled={!data} loading={start.isPending} onClick={() => data && start.mutate({ problem: data })}>
      Start again
    </Button>
  );
}
