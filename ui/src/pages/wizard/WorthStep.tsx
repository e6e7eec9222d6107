import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import type { Value } from "../../client/schema";
import type { Mistakes } from "./checks";
import type { WizardState } from "./useWizard";
import { WorthFields } from "./WorthFields";

const FIRST: Value = { unit: "EUR", true_positive: 100, false_positive: -10, false_negative: 0, true_negative: 0 };

export function WorthStep({ wizard: { draft, say, proposal }, mistakes }: { wizard: WizardState; mistakes: Mistakes }) {
  if (proposal?.task !== "binary") {
    return <Alert type="info">What outcomes are worth is asked only where the answer is one of two. Go on to the goals.</Alert>;
  }
  return (
    <Container>
      <SpaceBetween size="l">
        <Toggle
          checked={draft.value !== null}
          onChange={({ detail }) => say({ value: detail.checked ? FIRST : null })}
          description="With it, the model acts where that pays. Without it, it balances what is missed and what is acted on in vain."
        >
          I can say what a decision is worth
        </Toggle>
        {draft.value && <WorthFields value={draft.value} positive={draft.positive} decision={draft.decision} onValue={(value) => say({ value })} error={mistakes.value} />}
      </SpaceBetween>
    </Container>
  );
}
