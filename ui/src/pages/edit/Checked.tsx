import Alert from "@cloudscape-design/components/alert";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { ErrorPanel } from "../../components/ErrorPanel";
import { MistakeList } from "../../components/editor/MistakeList";
import type { useChecked } from "../../components/editor/useChecked";
import { plural } from "../../lib/numbers";

/** What the check says of the text, as it is written. */
export function Checked({ checked, go }: { checked: ReturnType<typeof useChecked>; go: (line: number) => void }) {
  const { mistakes, valid, current, error } = checked;
  if (error) return <ErrorPanel error={error} />;
  return (
    <div aria-live="polite">
      {mistakes.length > 0 ? (
        <Alert type="error" header={plural(mistakes.length, "mistake")}>
          <MistakeList mistakes={mistakes} go={go} />
        </Alert>
      ) : (
        <StatusIndicator type={valid && current ? "success" : "in-progress"}>
          {valid && current ? "The problem file is well-formed" : "Checking"}
        </StatusIndicator>
      )}
    </div>
  );
}
