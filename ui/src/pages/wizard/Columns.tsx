import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Multiselect from "@cloudscape-design/components/multiselect";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Proposal } from "../../client/schema";
import type { WizardState } from "./useWizard";

/** Columns that the model must not see, with what the data give reason to worry about. */
export function Columns({ wizard: { draft, say }, proposal }: { wizard: WizardState; proposal: Proposal }) {
  const options = proposal.columns.filter(({ name }) => name !== proposal.target).map(({ name, kind }) => ({ value: name, label: name, description: kind }));
  const named = proposal.warnings.flatMap(({ column }) => (column !== null && column !== proposal.target ? [column] : []));
  return (
    <Container header={<Header variant="h2">What the model may know</Header>}>
      <SpaceBetween size="l">
        {proposal.warnings.length > 0 && (
          <Alert type="warning" header="Look at these before you go on" action={named.length > 0 && <Button onClick={() => say({ drop: [...new Set([...draft.drop, ...named])] })}>Leave them out</Button>}>
            <ul className="mistakes">
              {proposal.warnings.map(({ code, column, message }) => (
                <li key={`${code} ${column ?? ""} ${message}`}>
                  {column && <strong>{column}: </strong>}
                  {message}
                </li>
              ))}
            </ul>
          </Alert>
        )}
        <FormField
          label={<>Leave out <i>– optional</i></>}
          description="What is known only after the decision would make the model look better than it is. What merely names a row helps nothing."
          stretch
        >
          <Multiselect
            options={options}
            selectedOptions={options.filter(({ value }) => draft.drop.includes(value))}
            onChange={({ detail }) => say({ drop: detail.selectedOptions.flatMap(({ value }) => (value ? [value] : [])) })}
            placeholder="Choose columns"
            filteringType="auto"
            deselectAriaLabel={({ label }) => `Do not leave out ${label ?? ""}`}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}
