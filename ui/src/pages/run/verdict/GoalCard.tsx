import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { BAD, GOOD, NAIVE } from "../../../charts/colours";
import { Interval } from "../../../charts/Interval";
import { figure, interval, label } from "../../../charts/metrics";
import { count } from "../../../charts/words";
import { State } from "../../../components/State";
import type { Evaluation, Goal } from "../documents";

const COLOURS = { met: GOOD, "not met": BAD, undecided: NAIVE };

/** One goal: what was wanted, what was found, how sure that is. */
export function GoalCard({ goal, evaluation }: { goal: Goal; evaluation: Evaluation | undefined }) {
  const unit = evaluation?.unit ?? "";
  const naive = evaluation?.baseline.metrics[goal.metric] ?? null;
  const got = figure(goal.metric, goal.got, unit);
  const ends = interval(goal.metric, goal, unit);
  return (
    <Container
      header={
        <Header variant="h2" info={<State of={goal.outcome} />}>
          {label(goal.metric)} {goal.wanted}
        </Header>
      }
    >
      <ColumnLayout columns={2}>
        <div>
          <Box variant="awsui-value-large" tagOverride="div">
            {got}
          </Box>
          <Box color="text-body-secondary">
            {ends && `likely ${ends}; `}naive baseline {figure(goal.metric, naive, unit)}
          </Box>
          {goal.got !== null && (
            <Interval
              text={`Got ${got}, likely ${ends || "unknown"}; wanted ${goal.wanted}; naive baseline ${figure(goal.metric, naive, unit)}.`}
              got={goal.got}
              low={goal.low}
              high={goal.high}
              wanted={goal.against}
              wantedName={goal.against === naive ? "naive baseline" : "wanted"}
              naive={goal.against === naive ? null : naive}
              colour={COLOURS[goal.outcome]}
            />
          )}
        </div>
        <div>
          <Box variant="p">{goal.why}</Box>
          {goal.rows_to_decide !== null && (
            <Box variant="p" fontWeight="bold">
              What would decide: about {count(goal.rows_to_decide)} more labelled rows.
            </Box>
          )}
        </div>
      </ColumnLayout>
    </Container>
  );
}
