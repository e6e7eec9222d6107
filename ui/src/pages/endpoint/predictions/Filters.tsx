import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import type { EndpointDetail } from "../../../client/schema";
import { Moment } from "./Moment";
import type { Filter } from "./usePredictions";

const PARTS = ["live", "canary", "shadow"];

interface Props {
  endpoint: EndpointDetail;
  filter: Filter;
  change: (part: Partial<Filter>) => void;
}

export function Filters({ endpoint, filter, change }: Props) {
  return (
    <div className="asked">
      {endpoint.labels && <Choice label="Decision" any="Any decision" options={endpoint.labels} value={filter.decision} onChange={(decision) => change({ decision })} />}
      <Choice label="Model" any="Any model" options={PARTS} value={filter.variant} onChange={(variant) => change({ variant })} />
      <Moment label="From" value={filter.since} onChange={(since) => change({ since })} />
      <Moment label="Until" value={filter.until} onChange={(until) => change({ until })} />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  any: string;
  options: readonly string[];
  value: string;
  onChange: (value: string) => void;
}

function Choice({ label, any, options, value, onChange }: ChoiceProps) {
  const known = [{ value: "", label: any }, ...options.map((option) => ({ value: option, label: option }))];
  return (
    <FormField label={label} stretch>
      <Select options={known} selectedOption={known.find((one) => one.value === value) ?? { value, label: value }} onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")} />
    </FormField>
  );
}
