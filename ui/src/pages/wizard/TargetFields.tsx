import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import type { WizardState } from "./useWizard";

const TASKS = { binary: "The answer is one of two.", multiclass: "The answer is one of several.", regression: "The answer is a number." };

/** Which column is predicted, and which of its two values is asked for. */
export function TargetFields({ wizard: { draft, say, proposal, propose } }: { wizard: WizardState }) {
  if (!proposal) return null;
  const columns = proposal.columns.map(({ name, kind }) => ({ value: name, label: name, description: kind }));
  const labels = (proposal.labels ?? []).map((label) => ({ value: label, label }));
  return (
    <ColumnLayout columns={2}>
      <FormField
        label="Column to predict"
        description="How each past case turned out."
        constraintText={proposal.task ? TASKS[proposal.task] : undefined}
        errorText={propose.error?.message}
      >
        <Select
          filteringType={columns.length > 10 ? "auto" : "none"}
          options={columns}
          selectedOption={columns.find(({ value }) => value === proposal.target) ?? null}
          statusType={propose.isPending ? "loading" : "finished"}
          onChange={({ detail }) => propose.mutate({ source: draft.source, target: detail.selectedOption.value })}
        />
      </FormField>
      {proposal.task === "binary" && (
        <FormField label="Asked for" description="The answer that the question is about.">
          <Select
            options={labels}
            selectedOption={labels.find(({ value }) => value === draft.positive) ?? null}
            onChange={({ detail }) => say({ positive: detail.selectedOption.value ?? "" })}
          />
        </FormField>
      )}
    </ColumnLayout>
  );
}
