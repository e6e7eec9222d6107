import { Page } from "../../components/Page";

export function Component() {
  return <Page title="wizard">Not here yet.</Page>;
}
