import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { AttemptBrief } from "../../../client/schema";

const LOOKS: Record<AttemptBrief["state"], [StatusIndicatorProps.Type, string]> = {
  running: ["in-progress", "Being trained"],
  deployed: ["success", "Took over"],
  trying: ["in-progress", "On trial"],
  kept: ["stopped", "Champion stays"],
  waiting: ["pending", "Too little to learn from"],
  failed: ["error", "Failed"],
};

export function AttemptState({ of }: { of: AttemptBrief["state"] }) {
  const [type, word] = LOOKS[of];
  return <StatusIndicator type={type}>{word}</StatusIndicator>;
}
