import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Evaluation, Verdict } from "../documents";
import { Alternatives } from "./Alternatives";
import { GoalCard } from "./GoalCard";

interface Props {
  verdict: Verdict;
  evaluation: Evaluation | undefined;
}

const KINDS = { met: "success", "not met": "error", undecided: "warning" } as const;

const HEADLINES: Partial<Record<Verdict["outcome"], string>> = {
  "not met": "The goals are not met.",
  undecided: "The test data cannot decide yet.",
};

/** Are the goals met? Goal by goal, with what would decide an undecided one. */
export function VerdictTab({ verdict, evaluation }: Props) {
  const headline = HEADLINES[verdict.outcome];
  return (
    <SpaceBetween size="l">
      <Alert type={verdict.goals.length ? KINDS[verdict.outcome] : "info"} header={headline ?? verdict.why}>
        {headline && verdict.why}
      </Alert>
      {verdict.goals.map((goal) => (
        <GoalCard key={`${goal.metric} ${goal.wanted}`} goal={goal} evaluation={evaluation} />
      ))}
      {evaluation && <Alternatives evaluation={evaluation} />}
    </SpaceBetween>
  );
}
