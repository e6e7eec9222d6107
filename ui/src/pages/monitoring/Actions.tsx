import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense, useState } from "react";
import type { Monitoring } from "../../client/schema";
import { endpointPage } from "../../lib/places";
import { busy } from "./jobs";
import { useAttempts } from "./useAttempts";
import { useLook } from "./useLook";

const RetrainDialog = lazy(() => import("./RetrainDialog"));

/** What can be done: look, retrain. */
export function Actions({ monitoring: { endpoint, jobs, version } }: { monitoring: Monitoring }) {
  const [open, setOpen] = useState(false);
  const look = useLook(endpoint);
  const looking = jobs.some((one) => one.kind === "monitor" && busy(one));
  const training = useAttempts(endpoint);
  return (
    <SpaceBetween size="xs" direction="horizontal">
      <Button href={endpointPage(endpoint)}>Endpoint</Button>
      <Button
        iconName="search"
        loading={look.isPending || looking}
        loadingText="Looking"
        disabled={version === null}
        disabledReason="Nothing is in use, so there is nothing to look at."
        onClick={() => look.mutate(null)}
      >
        Look now
      </Button>
      <Button variant="primary" loading={training} loadingText="Retraining" onClick={() => setOpen(true)}>
        Retrain
      </Button>
      <Suspense>{open && <RetrainDialog name={endpoint} onClose={() => setOpen(false)} />}</Suspense>
    </SpaceBetween>
  );
}
