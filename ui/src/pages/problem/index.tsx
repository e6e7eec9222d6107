import { useParams } from "react-router";
import { api } from "../../client/api";
import { Asked } from "../../components/Asked";
import { ProblemPage } from "./ProblemPage";

const EVERY = 10_000; // traffic is no event

export function Component() {
  const { name = "" } = useParams();
  const problem = api.useQuery("get", "/api/v1/problems/{name}", { params: { path: { name } } }, { refetchInterval: EVERY });
  return (
    <Asked of={problem} what="Loading the problem">
      {(found) => <ProblemPage key={found.name} problem={found} />}
    </Asked>
  );
}
