import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ProblemDetail } from "../../client/schema";
import { editPage } from "../../lib/places";
import { useStartRun } from "../../lib/useStartRun";

export function Actions({ problem }: { problem: ProblemDetail }) {
  const start = useStartRun();
  const running = problem.latest_run?.state === "running";
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button href={editPage(problem.name)}>Edit</Button>
      <ButtonDropdown
        variant="primary"
        loading={start.isPending}
        items={[{ id: "fresh", text: "Fetch the data and compute everything anew" }]}
        mainAction={{
          text: running ? "Run again" : "Start a run",
          loading: start.isPending,
          disabled: problem.mistakes.length > 0,
          disabledReason: "Put the problem file right first.",
          onClick: () => start.mutate({ problem }),
        }}
        ariaLabel="Other ways to run"
        onItemClick={() => start.mutate({ problem, fresh: true })}
      />
    </SpaceBetween>
  );
}
