import Input, { type InputProps } from "@cloudscape-design/components/input";
import type { FieldProps } from "./Field";

/** A text, a date or a number without a range. */
export function Typed({ field, value, set }: FieldProps) {
  const number = field.control === "number";
  const native: Record<string, string> = { date: "2024-01-31", datetime: "2024-01-31T12:00:00" };
  const type: InputProps.Type = number ? "number" : "text";
  return (
    <Input
      type={type}
      ariaLabel={field.name}
      placeholder={native[field.control] ?? "missing"}
      value={value === null ? "" : String(value)}
      onChange={({ detail }) => set(detail.value === "" ? null : number ? Number(detail.value) : detail.value)}
    />
  );
}
