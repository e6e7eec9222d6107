import Input from "@cloudscape-design/components/input";
import Slider from "@cloudscape-design/components/slider";
import { number } from "../../../lib/numbers";
import type { FieldProps } from "./Field";
import { slide } from "./row";
import "./field.css";

/** A number by hand or by slider; emptied, it is missing. */
export function Sliding({ field, value, set }: FieldProps) {
  const range = slide(field, value);
  return (
    <div className="sliding">
      {range && (
        <Slider
          {...range}
          value={typeof value === "number" ? value : range.min}
          ariaLabel={`${field.name}, slider`}
          valueFormatter={(at) => number(at, 4)}
          onChange={({ detail }) => set(detail.value)}
        />
      )}
      <Input
        type="number"
        inputMode="decimal"
        ariaLabel={field.name}
        placeholder="missing"
        step={field.kind === "integer" ? 1 : "any"}
        value={value === null ? "" : String(value)}
        onChange={({ detail }) => set(detail.value === "" ? null : Number(detail.value))}
      />
    </div>
  );
}
