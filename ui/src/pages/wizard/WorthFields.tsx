import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Value } from "../../client/schema";
import { breakEven } from "./breakEven";
import { AmountField } from "./AmountField";

export interface WorthFieldsProps {
  value: Value;
  positive: string;
  decision: string;
  onValue: (value: Value) => void;
  error?: string;
}

/** The four outcomes, in plain words, and what follows from them. */
export function WorthFields({ value, positive, decision, onValue, error }: WorthFieldsProps) {
  const act = decision || "Act";
  const outcomes = [
    ["true_positive", `${act}, and rightly so`, `The case is “${positive}” and is acted on.`],
    ["false_positive", `${act}, but in vain`, `The case is not “${positive}” and is acted on. A cost is negative.`],
    ["false_negative", "Miss one", `The case is “${positive}” and nothing is done. A loss is negative.`],
    ["true_negative", "Rightly leave alone", `The case is not “${positive}” and nothing is done.`],
  ] as const;
  return (
    <SpaceBetween size="l">
      <FormField label="Unit" description="Of all amounts.">
        <Input value={value.unit} onChange={({ detail }) => onValue({ ...value, unit: detail.value })} />
      </FormField>
      <ColumnLayout columns={2}>
        {outcomes.map(([key, label, description]) => (
          <AmountField
            key={key}
            label={label}
            description={description}
            unit={value.unit}
            amount={value[key]}
            onAmount={(amount) => onValue({ ...value, [key]: amount })}
            error={error && !Number.isFinite(value[key]) ? error : undefined}
          />
        ))}
      </ColumnLayout>
      <Box variant="p" color="text-body-secondary">
        <span aria-live="polite">{breakEven(value, positive)}</span>
      </Box>
    </SpaceBetween>
  );
}
