import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { client } from "../../../client/api";
import type { Batch } from "../../../client/schema";
import { useChange } from "../../../lib/change";

/** Download, stop, go on. */
export function BatchActions({ batch }: { batch: Batch }) {
  const params = { path: { batch: batch.id } };
  const touches = ["/api/v1/batches"];
  const stop = useChange(() => client.POST("/api/v1/batches/{batch}/stop", { params }), { touches });
  const resume = useChange(() => client.POST("/api/v1/batches/{batch}/resume", { params }), { touches });
  return (
    <SpaceBetween size="xs" direction="horizontal">
      {batch.can_stop && (
        <Button loading={stop.isPending} onClick={() => stop.mutate(undefined)}>
          Stop
        </Button>
      )}
      {batch.can_resume && (
        <Button loading={resume.isPending} onClick={() => resume.mutate(undefined)}>
          Go on
        </Button>
      )}
      {batch.result_size !== null && (
        <Button variant="primary" iconName="download" href={`/api/v1/batches/${encodeURIComponent(batch.id)}/result`} download={batch.result_name}>
          Download the result
        </Button>
      )}
    </SpaceBetween>
  );
}
