/** What a person says in the wizard, and the problem file that it makes. */
import type { Proposal, Value } from "../../client/schema";
import { setKey, setTables, type TomlValue } from "../../lib/toml";
import { chosen, toGoal, type Chosen } from "./goals";

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
  effort: keyof typeof EFFORTS;
}

/** How long is searched for a good model: [train] trials and seconds. */
export const EFFORTS = {
  quick: { label: "Quick", description: "Seconds: a first look, without tuning.", trials: 0, seconds: 60 },
  usual: { label: "Usual", description: "A minute or two.", trials: 20, seconds: 120 },
  thorough: { label: "Thorough", description: "Up to ten minutes.", trials: 80, seconds: 600 },
};

export const EMPTY: Draft = { source: "", name: "", question: "", decision: "", positive: "", drop: [], value: null, goals: [], effort: "usual" };

/** What a proposal says already. */
export function from(proposal: Proposal, goals: readonly Chosen[]): Partial<Draft> {
  return {
    name: proposal.name,
    question: questionOf(proposal),
    positive: proposal.positive ?? "",
    drop: [],
    goals,
  };
}

export function questionOf({ toml }: Proposal): string {
  const written = /^question = (".*")$/m.exec(toml)?.[1];
  return written ? (JSON.parse(written) as string) : "";
}

/** The problem file: the proposal's text with what the person said. */
export function compose(proposal: Proposal, draft: Draft): string {
  const said: [string, string, TomlValue][] = [
    ["problem", "name", draft.name],
    ["problem", "question", draft.question],
    ["problem", "decision", draft.decision],
  ];
  const { trials, seconds } = EFFORTS[draft.effort];
  said.push(["train", "trials", trials], ["train", "seconds", seconds]);
  if (proposal.task === "binary" && draft.positive !== (proposal.positive ?? "")) said.push(["problem", "positive", draft.positive]);
  if (draft.drop.length > 0) said.push(["data", "drop", draft.drop]);
  const worth = proposal.task === "binary" ? draft.value : null;
  if (worth) {
    const { unit, true_positive, false_positive, false_negative, true_negative } = worth;
    // Each new key goes to the top of its table, so the last one first.
    const amounts: Record<string, TomlValue> = { true_negative, false_negative, false_positive, true_positive, unit };
    said.push(...Object.entries(amounts).map(([key, amount]): [string, string, TomlValue] => ["value", key, amount]));
  }
  const text = said.reduce((now, [table, key, value]) => setKey(now, table, key, value), proposal.toml);
  return setTables(text, "goal", chosen(draft.goals, worth !== null).map(toGoal));
}
