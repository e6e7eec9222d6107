import { Page } from "../../components/Page";

export function Component() {
  return <Page title="monitoring">Not here yet.</Page>;
}
