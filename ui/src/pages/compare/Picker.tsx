import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Multiselect, { type MultiselectProps } from "@cloudscape-design/components/multiselect";
import { useState } from "react";
import { api } from "../../client/api";
import type { RunBrief } from "../../client/schema";
import { at } from "../../lib/time";

interface Props {
  runs: readonly string[];
  most: number;
  onChange: (runs: readonly string[]) => void;
}

/** Chooses which runs are compared. The server looks for them, so that ten thousand runs are no trouble. */
export function Picker({ runs, most, onChange }: Props) {
  const [text, setText] = useState("");
  const query = { limit: 50, ...(text ? { q: text } : {}) };
  const found = api.useQuery("get", "/api/v1/runs", { params: { query } });
  const options = (found.data?.items ?? []).map(option);
  const known = (id: string) => options.find((one) => one.value === id) ?? { value: id, label: id };
  const full = runs.length >= most;
  return (
    <Container>
      <FormField
        label="Runs"
        description={`Two to ${most}. The first is the one that the others are compared with.`}
        stretch
        errorText={found.error ? "The list of runs cannot be had now." : undefined}
      >
        <Multiselect
          filteringType="manual"
          placeholder={runs.length ? "Add another run" : "Choose runs"}
          filteringPlaceholder="Find by id, problem or state"
          filteringAriaLabel="Find runs"
          statusType={found.isPending ? "loading" : "finished"}
          loadingText="Looking for runs"
          empty="No run matches."
          selectedOptions={runs.map(known)}
          options={full ? options.filter((one) => runs.includes(one.value)) : options}
          onLoadItems={({ detail }) => setText(detail.filteringText)}
          onChange={({ detail }) => onChange(detail.selectedOptions.flatMap((one) => one.value ?? []))}
          deselectAriaLabel={(one) => `Remove ${one.label ?? ""}`}
        />
      </FormField>
    </Container>
  );
}

function option(run: RunBrief): MultiselectProps.Option & { value: string } {
  const model = run.model_version ? `version ${run.model_version}` : run.state;
  return { value: run.id, label: run.id, description: `${run.problem} · ${at(run.started_at)}`, tags: [model] };
}
