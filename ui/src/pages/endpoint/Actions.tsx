import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense, useState } from "react";
import type { EndpointDetail } from "../../client/schema";
import { monitoringPage } from "../../lib/places";
import type { Kind } from "./ChangeDialog";

const ChangeDialog = lazy(() => import("./ChangeDialog"));

/** What can be done with an endpoint. A dialog is made anew each time it opens. */
export function Actions({ endpoint }: { endpoint: EndpointDetail }) {
  const [open, setOpen] = useState<Kind | null>(null);
  return (
    <SpaceBetween size="xs" direction="horizontal">
      <Button href={monitoringPage(endpoint.name)}>Monitoring</Button>
      <Button
        disabled={endpoint.variants.length === 0}
        disabledReason="Nothing is in use here."
        onClick={() => setOpen("undeploy")}
      >
        Undeploy
      </Button>
      <Button
        disabled={!endpoint.can_rollback}
        disabledReason="There is nothing to go back to: this is the first model."
        onClick={() => setOpen("rollback")}
      >
        Roll back
      </Button>
      {endpoint.can_promote && (
        <Button variant="primary" onClick={() => setOpen("promote")}>
          Promote
        </Button>
      )}
      <Suspense>{open && <ChangeDialog kind={open} endpoint={endpoint} onClose={() => setOpen(null)} />}</Suspense>
    </SpaceBetween>
  );
}
