import { Page } from "../../components/Page";

export function Component() {
  return <Page title="endpoint">Not here yet.</Page>;
}
