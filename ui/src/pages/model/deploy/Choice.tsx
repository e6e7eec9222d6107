import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Slider from "@cloudscape-design/components/slider";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Alert from "@cloudscape-design/components/alert";
import { STRATEGIES, type Strategy } from "./strategies";

interface Props {
  /** Nothing is deployed yet, so there is nothing to go beside. */
  first: boolean;
  failed: boolean;
  strategy: Strategy;
  setStrategy: (strategy: Strategy) => void;
  weight: number;
  setWeight: (weight: number) => void;
  force: boolean;
  setForce: (force: boolean) => void;
}

/** How the model takes over. */
export function Choice({ first, failed, strategy, setStrategy, weight, setWeight, force, setForce }: Props) {
  return (
    <SpaceBetween size="m">
      <FormField label="How it takes over" stretch>
        <RadioGroup
          value={strategy}
          items={STRATEGIES.map((one) => ({ ...one, disabled: first && one.value !== "all-at-once" }))}
          onChange={({ detail }) => setStrategy(detail.value as Strategy)}
        />
      </FormField>
      {strategy === "canary" && (
        <FormField label="Share of the requests for the new model" stretch>
          <Slider
            min={1}
            max={50}
            value={weight}
            valueFormatter={(value) => `${value}%`}
            onChange={({ detail }) => setWeight(detail.value)}
          />
        </FormField>
      )}
      {failed && (
        <Alert type="warning" header="This model did not meet its goals, or was rejected">
          <Checkbox checked={force} onChange={({ detail }) => setForce(detail.checked)}>
            Deploy it all the same. It is recorded that it was forced.
          </Checkbox>
        </Alert>
      )}
    </SpaceBetween>
  );
}
