import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { EndpointBrief } from "../client/schema";

const LOOKS: Record<EndpointBrief["state"], [StatusIndicatorProps.Type, string]> = {
  live: ["success", "Live"],
  canary: ["in-progress", "Canary"],
  shadow: ["in-progress", "Shadow"],
  "blue-green": ["in-progress", "Blue-green"],
  "out of use": ["stopped", "Out of use"],
};

/** How an endpoint stands: one model alone, or a second one beside it. */
export function EndpointState({ of }: { of: EndpointBrief["state"] }) {
  const [type, word] = LOOKS[of];
  return <StatusIndicator type={type}>{word}</StatusIndicator>;
}
