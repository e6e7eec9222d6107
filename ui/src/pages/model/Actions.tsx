import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense, useState } from "react";
import type { Model } from "../../client/schema";

const StageDialog = lazy(() => import("./StageDialog"));
const DeployDialog = lazy(() => import("./deploy"));

/** What can be done with a model. A dialog is made anew each time it opens. */
export function Actions({ model }: { model: Model }) {
  const [open, setOpen] = useState<"stage" | "deploy" | null>(null);
  const close = () => setOpen(null);
  return (
    <SpaceBetween size="xs" direction="horizontal">
      {model.version !== null && (
        <Button onClick={() => setOpen("stage")}>{model.stage === "approved" ? "Reject" : "Promote"}</Button>
      )}
      <Button variant="primary" onClick={() => setOpen("deploy")}>
        Deploy
      </Button>
      <Suspense>
        {open === "stage" && <StageDialog model={model} onClose={close} />}
        {open === "deploy" && <DeployDialog model={model} onClose={close} />}
      </Suspense>
    </SpaceBetween>
  );
}
