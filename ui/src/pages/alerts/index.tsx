import { Page } from "../../components/Page";

export function Component() {
  return <Page title="alerts">Not here yet.</Page>;
}
