/** What a person says in the wizard, and the problem file that it makes. */
import type { Proposal, Value } from "../../client/schema";
import { setKey, setTables, type TomlValue } from "../../lib/toml";
import { toGoal, type Chosen } from "./goals";

export interface Draft {
  source: string;
  name: string;
  question: string;
  decision: string;
  positive: string;
  drop: readonly string[];
  /** null: not known; then no value is reckoned with. */
  value: Value | null;
  goals: readonly Chosen[];
}

export const EMPTY: Draft = { source: "", name: "", question: "", decision: "", positive: "", drop: [], value: null, goals: [] };

/** What a proposal says already. */
export function from(proposal: Proposal, goals: readonly Chosen[]): Partial<Draft> {
  const question = /^question = (".*")$/m.exec(proposal.toml)?.[1];
  return {
    name: proposal.name,
    question: question ? (JSON.parse(question) as string) : "",
    positive: proposal.positive ?? "",
    drop: [],
    goals,
  };
}

/** The problem file: the proposal's text with what the person said. */
export function compose(proposal: Proposal, draft: Draft): string {
  const said: [string, string, TomlValue][] = [
    ["problem", "name", draft.name],
    ["problem", "question", draft.question],
    ["problem", "decision", draft.decision],
  ];
  if (proposal.task === "binary" && draft.positive !== (proposal.positive ?? "")) said.push(["problem", "positive", draft.positive]);
  if (draft.drop.length > 0) said.push(["data", "drop", draft.drop]);
  if (proposal.task === "binary" && draft.value) {
    const { unit, true_positive, false_positive, false_negative, true_negative } = draft.value;
    // Each new key goes to the top of its table, so the last one first.
    const amounts: Record<string, TomlValue> = { true_negative, false_negative, false_positive, true_positive, unit };
    said.push(...Object.entries(amounts).map(([key, amount]): [string, string, TomlValue] => ["value", key, amount]));
  }
  const text = said.reduce((now, [table, key, value]) => setKey(now, table, key, value), proposal.toml);
  return setTables(text, "goal", draft.goals.filter(({ on }) => on).map(toGoal));
}
