import { lazy, Suspense } from "react";
import { useSearchParams } from "react-router";
import { Loading } from "../../components/Loading";
import { WizardPage } from "./WizardPage";

const Watch = lazy(() => import("./watch/Watch"));

/** From a table to a model in use, without an editor: the questions first, then the run that they started. */
export function Component() {
  const [params] = useSearchParams();
  const run = params.get("run");
  if (!run) return <WizardPage />;
  return (
    <Suspense fallback={<Loading />}>
      <Watch id={run} />
    </Suspense>
  );
}
