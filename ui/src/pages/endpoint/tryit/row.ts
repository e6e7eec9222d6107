/** One case as it is sent, and what the answer says of it. */
import type { Answer, InputField, InputForm } from "../../../client/schema";

export type Row = InputForm["example"];
export type Value = Row[string];

/** What is empty is missing, and not sent at all. */
export function filled(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== ""));
}

/** The fields that count most first; those that the model does not use last. */
export function ranked(fields: readonly InputField[]): InputField[] {
  return [...fields].sort((one, other) => (other.importance ?? 0) - (one.importance ?? 0));
}

export interface Slide {
  min: number;
  max: number;
  step: number;
}

/** Where a slider goes to, or null where there is no range; a value typed in beyond it widens it. */
export function slide({ control, min, max, step }: InputField, value: Value): Slide | null {
  if (control !== "slider" || typeof min !== "number" || typeof max !== "number" || min >= max) return null;
  const at = typeof value === "number" ? value : min;
  return { min: Math.min(min, at), max: Math.max(max, at), step: step ?? (max - min) / 100 };
}

export interface Part {
  name: string;
  value: number;
}

/** What moved the score most, the rest in one; what did nothing is left out. */
export function parts(contributions: Record<string, number>, most = 10): Part[] {
  const all = Object.entries(contributions)
    .map(([name, value]) => ({ name, value }))
    .filter(({ value }) => Math.abs(value) > 1e-9)
    .sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  if (all.length <= most) return all;
  const rest = all.slice(most - 1);
  const sum = rest.reduce((total, { value }) => total + value, 0);
  return [...all.slice(0, most - 1), { name: `the other ${rest.length}`, value: sum }];
}

export interface Said {
  /** The figure in large: a probability or a value. */
  figure: number | null;
  /** Of which class the figure is the probability; null for a regression. */
  of: string | null;
  decision: string | null;
  /** Every class with its probability, likeliest first, where there are more than two. */
  classes: [string, number][];
}

export function said(form: InputForm, answer: Answer): Said {
  const [one] = answer.predictions;
  if (form.task === "regression") return { figure: one?.value ?? null, of: null, decision: null, classes: [] };
  const probability = one?.probability ?? {};
  const of = form.task === "binary" ? form.positive : (one?.decision ?? null);
  const classes = Object.entries(probability).sort(([, first], [, second]) => second - first);
  return { figure: of === null ? null : (probability[of] ?? null), of, decision: one?.decision ?? null, classes: classes.length > 2 ? classes : [] };
}

/** The same question from a shell. */
export function curl(origin: string, path: string, row: Row): string {
  const body = JSON.stringify({ rows: [filled(row)] }).replaceAll("'", String.raw`'\''`);
  return `curl -X POST '${origin}${path}' \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
}
