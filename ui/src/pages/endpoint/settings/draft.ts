/** The settings as the form has them: texts, until they are saved. */
import type { ConfigureEndpoint, EndpointSettings } from "../../../client/schema";

const NUMBERS = ["max_rows", "max_bytes", "max_seconds", "min_requests", "min_seconds", "chance_of_error", "latency_ratio", "latency_slack"] as const;
export type NumberName = (typeof NUMBERS)[number];

export type Draft = Record<NumberName, string> & { capture: number; masked: readonly string[] };

export interface NumberField {
  name: NumberName;
  label: string;
  help: string;
}

export const LIMITS: readonly NumberField[] = [
  { name: "max_rows", label: "Rows", help: "At most so many in one request." },
  { name: "max_bytes", label: "Bytes", help: "At most so large is one request." },
  { name: "max_seconds", label: "Seconds", help: "After that a request is given up." },
];

export const RULES: readonly NumberField[] = [
  { name: "min_requests", label: "Requests", help: "So many it has to answer first." },
  { name: "min_seconds", label: "Seconds", help: "So long it is watched at least." },
  { name: "chance_of_error", label: "Chance of a mistake", help: "That a canary as good as the live model is taken back for its errors." },
  { name: "latency_ratio", label: "Times as slow", help: "Beyond this, at the 95th percentile, it is taken back." },
  { name: "latency_slack", label: "Seconds of slack", help: "So much slower it may always be." },
];

export function draftOf({ capture_rate: rate, masked, rules, ...limits }: EndpointSettings): Draft {
  const known = { ...limits, ...rules };
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, String(known[name])])) as Record<NumberName, string>;
  return { ...numbers, capture: Math.round(100 * rate), masked };
}

export function settingsOf(draft: Draft): ConfigureEndpoint {
  const of = (fields: readonly NumberField[]) => Object.fromEntries(fields.map(({ name }) => [name, Number(draft[name])]));
  return { capture_rate: draft.capture / 100, masked: [...draft.masked], ...of(LIMITS), rules: of(RULES) };
}

/** What is no number that could be meant, by field. */
export function faults(draft: Draft): Partial<Record<NumberName, string>> {
  const whole = new Set<NumberName>(["max_rows", "max_bytes", "min_requests"]);
  const found = NUMBERS.flatMap((name): [NumberName, string][] => {
    const value = Number(draft[name]);
    if (draft[name].trim() === "" || !Number.isFinite(value) || value < 0) return [[name, "A number of 0 or more."]];
    if (whole.has(name) && !Number.isInteger(value)) return [[name, "A whole number."]];
    return name === "chance_of_error" && value >= 1 ? [[name, "A number between 0 and 1."]] : [];
  });
  return Object.fromEntries(found);
}
