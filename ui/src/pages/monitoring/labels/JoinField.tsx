import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import { api } from "../../../client/api";

/** How a row of outcomes finds its prediction: by its id, or by columns that were sent with it. */
export function JoinField({ name, by, onChange }: { name: string; by: readonly string[]; onChange: (by: readonly string[]) => void }) {
  const { data } = api.useQuery("get", "/api/v1/endpoints/{name}/inputs", { params: { path: { name } } }, { retry: false });
  const options = (data?.fields ?? []).map((field) => ({ value: field.name, label: field.name }));
  return (
    <FormField label="How a row finds its prediction" description="By the prediction's id, in the column “id”; or by columns that were sent with the case.">
      <Multiselect
        options={options}
        selectedOptions={options.filter(({ value }) => by.includes(value))}
        placeholder="By id"
        filteringType="auto"
        deselectAriaLabel={({ label }) => `Not by ${label}`}
        onChange={({ detail }) => onChange(detail.selectedOptions.map(({ value }) => value ?? ""))}
      />
    </FormField>
  );
}
