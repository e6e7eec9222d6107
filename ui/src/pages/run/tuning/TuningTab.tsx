import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { figure, label } from "../../../charts/metrics";
import { Tiles } from "../../../charts/Tiles";
import { plural } from "../../../charts/words";
import type { Training } from "../documents";
import { LearningCurve } from "./LearningCurve";
import { Members } from "./Members";
import { TrialLines } from "./TrialLines";
import { TrialScatter } from "./TrialScatter";
import { TrialTable } from "./TrialTable";

/** How the model was made: what was tried, what was best, and how it grew. */
export function TuningTab({ training }: { training: Training }) {
  const tried = plural(training.trials.length, "set") + " of parameters tried";
  const cut = training.cut_off ? "; the time budget ended the search" : "";
  const best = `${label(training.metric)} ${figure(training.metric, training.score)} on rows it had not seen`;
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h2" description={`${tried}${cut}. ${best}.`}>
            How the model was made
          </Header>
        }
        footer={training.notes.join(" ") || undefined}
      >
        <Members training={training} />
      </Container>
      {training.trials.length > 0 && (
        <Container header={<Header variant="h2">Trials</Header>}>
          <Tiles>
            <TrialScatter training={training} />
            <LearningCurve training={training} />
          </Tiles>
          <TrialLines training={training} />
        </Container>
      )}
      <TrialTable training={training} />
    </SpaceBetween>
  );
}
