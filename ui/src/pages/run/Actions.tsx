import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { client } from "../../client/api";
import { useChange } from "../../lib/change";
import type { Run } from "./documents";

/** What can be done with a run. */
export function Actions({ run }: { run: Run }) {
  const stop = useChange((id: string) => client.POST("/api/v1/runs/{run}/stop", { params: { path: { run: id } } }), {
    touches: ["/api/v1/runs", "/api/v1/problems"],
    done: () => ({ header: "The run was stopped" }),
  });
  const files = `/api/v1/runs/${run.id}`;
  const judged = run.documents.includes("verdict");
  return (
    <SpaceBetween size="xs" direction="horizontal">
      {run.state === "running" && (
        <Button disabled={!run.can_stop} disabledReason="It runs on another machine." loading={stop.isPending} onClick={() => stop.mutate(run.id)}>
          Stop
        </Button>
      )}
      <Button href={`/compare?run=${run.id}`}>Compare</Button>
      {judged && (
        <ButtonDropdown
          items={[
            { id: "html", text: "Model card (HTML)", href: `${files}/card?format=html`, download: `${run.problem}-card.html` },
            { id: "markdown", text: "Model card (Markdown)", href: `${files}/card?format=markdown`, download: `${run.problem}-card.md` },
          ]}
        >
          Export
        </ButtonDropdown>
      )}
      {run.finished_at !== "" && (
        <Button href={`${files}/report`} target="_blank" iconName="external" iconAlign="right" variant="primary">
          Report
        </Button>
      )}
    </SpaceBetween>
  );
}
