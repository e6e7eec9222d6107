import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

export interface AmountFieldProps {
  label: string;
  description: string;
  unit: string;
  /** NaN: what was typed is no number. */
  amount: number;
  onAmount: (amount: number) => void;
  error?: string;
}

export function AmountField({ label, description, unit, amount, onAmount, error }: AmountFieldProps) {
  const [text, setText] = useState(Number.isFinite(amount) ? String(amount) : "");
  const type = (typed: string) => {
    setText(typed);
    onAmount(typed.trim() === "" ? Number.NaN : Number(typed));
  };
  return (
    <FormField label={label} description={description} constraintText={unit && `${unit} per case`} errorText={error}>
      <Input type="number" step="any" inputMode="decimal" value={text} onChange={({ detail }) => type(detail.value)} />
    </FormField>
  );
}
