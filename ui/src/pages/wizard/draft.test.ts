import { expect, test } from "vitest";
import type { Proposal } from "../../client/schema";
import { compose, EMPTY, from, type Draft } from "./draft";
import { inWords, offered } from "./goals";

const TOML = `[problem]
name = "bank"
question = "Which cases have \\"y\\" = yes?"
decision = ""
target = "y"
task = "binary"
positive = "yes"

#[value]
#unit = "EUR"
#true_positive = 100
#false_positive = -10
#false_negative = 0
#true_negative = 0

[[goal]]
metric = "roc_auc"
better_than = "baseline"

[data]
source = "upload:ab/bank.csv"
#drop = ["id"]

[train]
trials = 20
seconds = 120
`;
const PROPOSAL: Proposal = {
  toml: TOML,
  name: "bank",
  target: "y",
  task: "binary",
  positive: "yes",
  labels: ["no", "yes"],
  rows: 10,
  columns: [],
  warnings: [],
  rows_sample: [],
};
const draft = (part: Partial<Draft>): Draft => ({ ...EMPTY, ...from(PROPOSAL, offered("binary")), ...part });

test("what the proposal says is what one begins with", () => {
  expect(draft({})).toMatchObject({ name: "bank", question: 'Which cases have "y" = yes?', positive: "yes" });
});

test("what is said in the wizard stands in the problem file", () => {
  const value = { unit: "USD", true_positive: 120, false_positive: -8, false_negative: 0, true_negative: 0 };
  const goals = offered("binary").map((goal) => ({ ...goal, on: true }));
  const text = compose(PROPOSAL, draft({ name: "calls", decision: "Call", drop: ["id", 'a"b'], value, goals, effort: "quick", positive: "no" }));
  expect(text).toContain('name = "calls"');
  expect(text).toContain('positive = "no"');
  expect(text).toContain('[value]\nunit = "USD"\ntrue_positive = 120\nfalse_positive = -8');
  expect(text).toContain('drop = ["id", "a\\"b"]');
  expect(text).toContain("trials = 0");
  expect(text).toContain('metric = "recall"\nat_least = 0.8');
  expect(text).toContain('metric = "value_per_case"\nbetter_than = "baseline"');
});

test("goals in money count only where it is said what outcomes are worth", () => {
  expect(compose(PROPOSAL, draft({ value: null }))).not.toContain("value_per_case");
});

test("goals in words", () => {
  const words = offered("binary").map((goal) => inWords(goal, "yes", "EUR"));
  expect(words).toContain("It finds at least 80 % of all “yes”.");
  expect(words).toContain("It brings at least 1 EUR per case.");
});
