import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ProblemDetail } from "../../client/schema";
import { editPage } from "../../lib/places";
import { useStartRun } from "../../lib/useStartRun";

export function Actions({ problem }: { problem: ProblemDetail }) {
  const start = useStartRun(problem.name);
  const running = problem.latest_run?.state === "running";
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button href={editPage(problem.name)}>Edit</Button>
      <ButtonDropdown
        variant="primary"
        loading={start.isPending}
        items={[{ id: "fresh", text: "Start anew", description: "Fetch the data and compute everything again." }]}
        mainAction={{
          text: running ? "Run again" : "Start a run",
          loading: start.isPending,
          disabled: problem.mistakes.length > 0,
          disabledReason: "Put the problem file right first.",
          onClick: () => start.mutate({ fresh: false }),
        }}
        ariaLabel="Other ways to run"
        onItemClick={() => start.mutate({ fresh: true })}
      />
    </SpaceBetween>
  );
}
