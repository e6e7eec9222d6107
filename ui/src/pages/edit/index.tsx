import { useParams } from "react-router";
import { api } from "../../client/api";
import { Asked } from "../../components/Asked";
import { EditPage } from "./EditPage";

export function Component() {
  const { name = "" } = useParams();
  const problem = api.useQuery("get", "/api/v1/problems/{name}", { params: { path: { name } } });
  return (
    <Asked of={problem} what="Loading the problem file">
      {(found) => <EditPage key={found.name} problem={found} />}
    </Asked>
  );
}
