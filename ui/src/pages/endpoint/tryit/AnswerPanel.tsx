import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { UseQueryResult } from "@tanstack/react-query";
import { Bars } from "../../../charts/Bars";
import type { Answer, InputForm } from "../../../client/schema";
import { Asked } from "../../../components/Asked";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { share } from "../../../lib/numbers";
import { Contributions } from "./Contributions";
import { Headline } from "./Headline";
import { said } from "./row";

/** What the model says of the case, and why. */
export function AnswerPanel({ form, answer }: { form: InputForm; answer: UseQueryResult<Answer, unknown> }) {
  return (
    <Container header={<Header variant="h2">The answer</Header>}>
      <Asked of={answer} what="Asking the model">
        {(found) => {
          const told = said(form, found);
          const contributions = found.predictions[0]?.contributions;
          return (
            <SpaceBetween size="m">
              {answer.error && !answer.isFetching ? <ErrorPanel error={answer.error} /> : null}
              <LiveRegion>
                <Headline form={form} told={told} model={found.model} />
              </LiveRegion>
              {told.classes.length > 0 && (
                <Bars caption="Probability of each class" head={["Class", "Probability"]} most={1} rows={told.classes.map(([name, value]) => ({ name, value, text: share(value) }))} />
              )}
              {contributions && <Contributions contributions={contributions} task={form.task} of={told.of} />}
            </SpaceBetween>
          );
        }}
      </Asked>
    </Container>
  );
}
