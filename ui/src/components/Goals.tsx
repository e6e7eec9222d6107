import Box from "@cloudscape-design/components/box";
import { figure, label } from "../charts/metrics";
import type { GoalResult, ProblemCard } from "../client/schema";
import { State } from "./State";

/** The champion's goals, one by one; without a champion, how the newest run's verdict went. */
export function Goals({ card }: { card: ProblemCard }) {
  const goals = card.champion?.goals ?? [];
  if (goals.length > 0) return goals.map((goal) => <GoalLine key={`${goal.metric} ${goal.wanted}`} goal={goal} unit={card.unit} />);
  if (card.goals_met) return <State of={card.goals_met} />;
  return <Box color="text-body-secondary">Not judged yet.</Box>;
}

function GoalLine({ goal, unit }: { goal: GoalResult; unit: string }) {
  return (
    <Box margin={{ bottom: "xxs" }}>
      <State of={goal.outcome}>{label(goal.metric)}</State>
      <div>
        {figure(goal.metric, goal.got, unit)}{" "}
        <Box variant="span" color="text-body-secondary" fontSize="body-s">
          {goal.wanted}
        </Box>
      </div>
    </Box>
  );
}
