import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { ModelBrief } from "../../client/schema";

/** Whether a model may be used. */
export function Stage({ model }: { model: Pick<ModelBrief, "stage" | "version"> }) {
  if (model.stage === "approved") return <StatusIndicator>Approved</StatusIndicator>;
  return <StatusIndicator type="stopped">{model.version ? "Rejected" : "Goals not met"}</StatusIndicator>;
}
