import { useParams } from "react-router";
import { api } from "../../client/api";
import { Asked } from "../../components/Asked";
import { RunPage } from "./RunPage";

export function Component() {
  const { id = "" } = useParams();
  const run = api.useQuery("get", "/api/v1/runs/{run}", { params: { path: { run: id } } });
  return <Asked of={run}>{(found) => <RunPage key={found.id} run={found} />}</Asked>;
}
