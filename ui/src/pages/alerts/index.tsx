import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSearchParams } from "react-router";
import { Page } from "../../components/Page";
import AlertTable from "./AlertTable";
import { Counts } from "./Counts";

/** Everything that was found and nobody has dealt with yet, the dearest first. */
export function Component() {
  const [parameters] = useSearchParams();
  return (
    <Page title="Alerts" description="What monitoring found beyond its limits, and beyond chance. The dearest first.">
      <SpaceBetween size="l">
        <Counts />
        <AlertTable endpoint={parameters.get("endpoint") ?? undefined} />
      </SpaceBetween>
    </Page>
  );
}
