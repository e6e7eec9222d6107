import { Page } from "../../components/Page";

export function Component() {
  return <Page title="endpoints">Not here yet.</Page>;
}
