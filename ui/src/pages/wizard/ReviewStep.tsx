import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { Pairs } from "../../components/Pairs";
import { MistakeList } from "../../components/editor/MistakeList";
import { TomlText } from "../../components/editor/TomlText";
import { useChecked } from "../../components/editor/useChecked";
import { WorthTable } from "../../components/WorthTable";
import { count } from "../../lib/numbers";
import { sourceName } from "../../lib/source";
import { chosen, inWords } from "./goals";
import { Effort } from "./Effort";
import type { WizardState } from "./useWizard";

/** All that was said, to be looked over. */
export default function ReviewStep({ wizard: { draft, say, proposal, toml }, go }: { wizard: WizardState; go: (step: number) => void }) {
  const { mistakes } = useChecked(toml);
  if (!proposal) return null;
  const goals = chosen(draft.goals, draft.value !== null).map((goal) => inWords(goal, draft.positive, draft.value?.unit ?? ""));
  return (
    <SpaceBetween size="l">
      {mistakes.length > 0 && (
        <Alert type="error" header="Something is not right yet">
          <MistakeList mistakes={mistakes} />
        </Alert>
      )}
      <Part title="Data and question" edit={() => go(1)}>
        <Pairs
          columns={2}
          items={[
            { label: "Question", value: draft.question },
            { label: "Decision", value: draft.decision || "–" },
            { label: "Data", value: `${sourceName(draft.source)}: ${count(proposal.rows)} rows, ${proposal.columns.length} columns` },
            { label: "Column to predict", value: proposal.target },
            { label: "Name", value: draft.name },
            { label: "Left out", value: draft.drop.join(", ") || "–" },
          ]}
        />
      </Part>
      {draft.value && (
        <Part title="Worth" edit={() => go(2)}>
          <WorthTable value={draft.value} positive={draft.positive} />
        </Part>
      )}
      <Part title="Goals" edit={() => go(3)}>
        {goals.length > 0 ? goals.map((goal) => <div key={goal}>{goal}</div>) : <Box color="text-body-secondary">None</Box>}
      </Part>
      <Effort effort={draft.effort} onEffort={(effort) => say({ effort })} />
      <ExpandableSection headerText="The problem file that this makes" headerDescription="It can be edited later.">
        <TomlText text={toml} label="Problem file" />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function Part({ title, edit, children }: { title: string; edit: () => void; children: ReactNode }) {
  const actions = (
    <Button onClick={edit} ariaLabel={`Edit ${title}`}>
      Edit
    </Button>
  );
  return (
    <Container
      header={
        <Header variant="h2" actions={actions}>
          {title}
        </Header>
      }
    >
      <div className="breakable">{children}</div>
    </Container>
  );
}
