import { useSearchParams } from "react-router";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Page } from "../../components/Page";
import { Beside } from "./Beside";
import { Picker } from "./Picker";

const MOST = 8;

/** Two or more runs side by side; which ones stands in the address. */
export function Component() {
  const [parameters, setParameters] = useSearchParams();
  const runs = [...new Set(parameters.getAll("run"))].slice(0, MOST);
  const choose = (ids: readonly string[]) => setParameters(ids.map((id) => ["run", id] as [string, string]), { preventScrollReset: true });
  return (
    <Page title="Compare runs" description="What changed between them, and what it changed in the results.">
      <SpaceBetween size="l">
        <Picker runs={runs} most={MOST} onChange={choose} />
        {runs.length > 1 && <Beside runs={runs} />}
      </SpaceBetween>
    </Page>
  );
}
