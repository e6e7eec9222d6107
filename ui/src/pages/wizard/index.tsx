import { useSearchParams } from "react-router";
import { Watch } from "./watch/Watch";
import { WizardPage } from "./WizardPage";

/** From a table to a model in use, without an editor: the questions first, then the run that they started. */
export function Component() {
  const [params] = useSearchParams();
  const run = params.get("run");
  return run ? <Watch id={run} /> : <WizardPage />;
}
