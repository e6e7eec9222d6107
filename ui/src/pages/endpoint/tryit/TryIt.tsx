import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { InputForm } from "../../../client/schema";
import { AnswerPanel } from "./AnswerPanel";
import { Call } from "./Call";
import { Fields } from "./Fields";
import { useWhatIf } from "./useWhatIf";
import "./tryit.css";

/** Asks the model about one case; every change of the case is answered at once. */
export function TryIt({ form }: { form: InputForm }) {
  const { row, set, reset, changed, answer } = useWhatIf(form);
  return (
    <div className="tryit">
      <Container
        header={
          <Header
            variant="h2"
            description="It begins with a usual case. Move what you want to know about. These questions are not counted as traffic by monitoring."
            actions={
              <Button onClick={reset} disabled={!changed}>
                Start again
              </Button>
            }
          >
            The case
          </Header>
        }
      >
        <Fields form={form} row={row} set={set} />
      </Container>
      <div className="answer">
        <SpaceBetween size="l">
          <AnswerPanel form={form} answer={answer} />
          <Call form={form} row={row} />
        </SpaceBetween>
      </div>
    </div>
  );
}
