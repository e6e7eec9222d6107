import { useParams } from "react-router";
import { api } from "../../client/api";
import { Asked } from "../../components/Asked";
import { MonitoringPage } from "./MonitoringPage";
import { busy } from "./jobs";

const REFRESH = 1000; // ms, while something is being done

export function Component() {
  const { endpoint = "" } = useParams();
  const found = api.useQuery("get", "/api/v1/endpoints/{name}/monitoring", { params: { path: { name: endpoint } } }, {
    refetchInterval: ({ state }) => (state.data?.jobs.some(busy) ? REFRESH : false),
  });
  return <Asked of={found}>{(monitoring) => <MonitoringPage key={endpoint} monitoring={monitoring} />}</Asked>;
}
