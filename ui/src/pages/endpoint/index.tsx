import { useParams } from "react-router";
import { api } from "../../client/api";
import { Asked } from "../../components/Asked";
import { EndpointPage } from "./EndpointPage";

const REFRESH = 4000; // ms; traffic has no events

export function Component() {
  const { name = "" } = useParams();
  const found = api.useQuery("get", "/api/v1/endpoints/{name}", { params: { path: { name } } }, { refetchInterval: REFRESH });
  return <Asked of={found}>{(endpoint) => <EndpointPage key={name} endpoint={endpoint} />}</Asked>;
}
