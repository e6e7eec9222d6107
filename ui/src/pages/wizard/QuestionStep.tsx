import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Mistakes } from "./checks";
import { Columns } from "./Columns";
import { Sample } from "./Sample";
import { TargetFields } from "./TargetFields";
import type { WizardState } from "./useWizard";

export function QuestionStep({ wizard, mistakes }: { wizard: WizardState; mistakes: Mistakes }) {
  const { draft, say, proposal } = wizard;
  if (!proposal) return null;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">What is to be predicted</Header>}>
        <SpaceBetween size="l">
          <TargetFields wizard={wizard} />
          <FormField label="Question" description="As you would ask a colleague." errorText={mistakes.question} stretch>
            <Input value={draft.question} onChange={({ detail }) => say({ question: detail.value })} />
          </FormField>
          <FormField label={<>Decision <i>– optional</i></>} description="What will be done with an answer." stretch>
            <Input value={draft.decision} placeholder="Call the customers most likely to buy" onChange={({ detail }) => say({ decision: detail.value })} />
          </FormField>
          <FormField label="Name" description="Short; models and endpoints carry it." errorText={mistakes.name}>
            <Input value={draft.name} onChange={({ detail }) => say({ name: detail.value })} />
          </FormField>
        </SpaceBetween>
      </Container>
      <Columns wizard={wizard} proposal={proposal} />
      <Sample proposal={proposal} />
    </SpaceBetween>
  );
}
