/** Times in the reader's own zone. The API speaks ISO 8601 in UTC. */
import { NONE } from "./numbers";

const AT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

export function at(iso: string | null | undefined): string {
  return iso ? AT.format(new Date(iso)) : NONE;
}

/** With weekday, seconds and zone, for a tooltip. */
export function fully(iso: string | null | undefined): string {
  return iso ? FULL.format(new Date(iso)) : "";
}

/** "5 minutes ago"; from a month on the date. */
export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return NONE;
  const passed = (new Date(iso).getTime() - now) / 1000;
  if (Math.abs(passed) > 30 * 86_400) return at(iso);
  const unit = UNITS.find(([, size]) => Math.abs(passed) >= size);
  return unit ? AGO.format(Math.round(passed / unit[1]), unit[0]) : "just now";
}
