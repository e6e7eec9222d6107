import SpaceBetween from "@cloudscape-design/components/space-between";
import { api } from "../../../client/api";
import { Asked } from "../../../components/Asked";
import { LedgerPanel } from "./LedgerPanel";
import { SendOutcomes } from "./SendOutcomes";

/** What became of the cases: how many outcomes are known, how late they are, and a place to send them. */
export default function Outcomes({ name }: { name: string }) {
  const labels = api.useQuery("get", "/api/v1/endpoints/{name}/labels", { params: { path: { name } } });
  return (
    <SpaceBetween size="l">
      <SendOutcomes name={name} />
      <Asked of={labels}>{(found) => <LedgerPanel labels={found} />}</Asked>
    </SpaceBetween>
  );
}
