import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Mistakes } from "./checks";
import { GoalLine } from "./GoalLine";
import { chosen, type Chosen } from "./goals";
import type { WizardState } from "./useWizard";

export function GoalsStep({ wizard: { draft, say }, mistakes }: { wizard: WizardState; mistakes: Mistakes }) {
  const change = (at: number, part: Partial<Chosen>) => say({ goals: draft.goals.map((goal, place) => (place === at ? { ...goal, ...part } : goal)) });
  const usable = (goal: Chosen) => !goal.kind.worth || draft.value !== null;
  return (
    <Container>
      <SpaceBetween size="l">
        <div>A model is used only if it meets every goal that you choose, on cases that it has never seen.</div>
        {mistakes.goals && <Alert type="error">{mistakes.goals}</Alert>}
        {draft.goals.map((goal, at) =>
          usable(goal) ? (
            <GoalLine key={`${goal.kind.metric} ${goal.kind.bound}`} goal={goal} positive={draft.positive} unit={draft.value?.unit ?? ""} change={(part) => change(at, part)} />
          ) : null,
        )}
        {chosen(draft.goals, draft.value !== null).length === 0 && <Alert type="warning">Without a goal every model counts as good enough.</Alert>}
      </SpaceBetween>
    </Container>
  );
}
