import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import Slider from "@cloudscape-design/components/slider";
import type { Draft } from "./draft";

interface Props {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  columns: readonly string[];
}

/** What is kept of the traffic. */
export function CaptureFields({ draft, change, columns }: Props) {
  const options = [...new Set([...columns, ...draft.masked])].map((value) => ({ value, label: value }));
  return (
    <>
      <FormField label="Share of the predictions that is captured" description="Monitoring sees only these." stretch>
        <Slider min={0} max={100} value={draft.capture} valueFormatter={(value) => `${value}%`} onChange={({ detail }) => change({ capture: detail.value })} />
      </FormField>
      <FormField label="Columns that are never captured" description="Their values are left out, such as names of people." stretch>
        <Multiselect
          options={options}
          selectedOptions={options.filter(({ value }) => draft.masked.includes(value))}
          placeholder="None"
          filteringType="auto"
          deselectAriaLabel={({ label }) => `Capture ${label} again`}
          onChange={({ detail }) => change({ masked: detail.selectedOptions.map(({ value }) => value ?? "") })}
        />
      </FormField>
    </>
  );
}
