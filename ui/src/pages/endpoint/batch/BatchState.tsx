import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { BatchBrief } from "../../../client/schema";

const LOOKS: Record<BatchBrief["state"], [StatusIndicatorProps.Type, string]> = {
  waiting: ["pending", "Waiting"],
  running: ["in-progress", "Being scored"],
  done: ["success", "Scored"],
  failed: ["error", "Failed"],
  stopped: ["stopped", "Stopped"],
  interrupted: ["warning", "Interrupted"],
};

export function BatchState({ of }: { of: BatchBrief["state"] }) {
  const [type, word] = LOOKS[of];
  return <StatusIndicator type={type}>{word}</StatusIndicator>;
}
