import { Page } from "../../components/Page";

export function Component() {
  return <Page title="lineage">Not here yet.</Page>;
}
