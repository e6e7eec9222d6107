import { useId } from "react";
import "./moment.css";

/** A day and a time of day, in the reader's zone; the browser's own control knows keyboard and calendar. */
export function Moment({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="moment">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="datetime-local" value={value} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}
