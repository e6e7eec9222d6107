import Box from "@cloudscape-design/components/box";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { Condition } from "../../../client/schema";

const LOOKS = { met: "success", waiting: "pending", broken: "error" } as const;

/** One thing that decides a canary; what has to be gathered first as a bar. */
export function ConditionLine({ condition: { name, label, value, limit, stands, text } }: { condition: Condition }) {
  const gathered = (name === "requests" || name === "seconds") && limit;
  if (gathered && stands === "waiting") {
    return <ProgressBar label={label} value={Math.min(100, (100 * (value ?? 0)) / limit)} additionalInfo={text} />;
  }
  return (
    <div>
      <StatusIndicator type={LOOKS[stands]}>{label}</StatusIndicator>
      <Box color="text-body-secondary">{text}</Box>
    </div>
  );
}
