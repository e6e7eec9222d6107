import { useParams } from "react-router";
import { api } from "../../client/api";
import { Asked } from "../../components/Asked";
import { ModelPage } from "./ModelPage";

export function Component() {
  const { problem = "", version = "" } = useParams();
  const model = api.useQuery("get", "/api/v1/models/{problem}/{version}", { params: { path: { problem, version } } });
  return <Asked of={model}>{(found) => <ModelPage model={found} />}</Asked>;
}
