import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { GoalResult, Phase, RunBrief, Step } from "../client/schema";

type Look = [StatusIndicatorProps.Type, string];

const LOOKS: Record<RunBrief["state"] | GoalResult["outcome"] | Step["state"] | Phase["state"], Look> = {
  running: ["in-progress", "Running"],
  passed: ["success", "Goals met"],
  "not passed": ["warning", "Goals not met"],
  failed: ["error", "Failed"],
  interrupted: ["stopped", "Interrupted"],
  met: ["success", "Met"],
  "not met": ["error", "Not met"],
  undecided: ["warning", "Undecided"],
  waiting: ["pending", "Waiting"],
  done: ["success", "Done"],
  cached: ["success", "Done before"],
  "not started": ["pending", "Not started"],
  attention: ["warning", "Needs a look"],
};

/** How a run, a step, a goal or a phase stands: sign, colour and word. `children` instead of the usual word. */
export function State({ of, children }: { of: keyof typeof LOOKS; children?: string }) {
  const [type, word] = LOOKS[of];
  return <StatusIndicator type={type}>{children ?? word}</StatusIndicator>;
}
