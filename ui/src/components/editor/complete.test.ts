import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import schema from "../../../../docs/problem.schema.json";
import { completer } from "./complete";

const FILE = `[problem]
name = "bank"
target = "y"

[data]
source = "bank.csv"
drop = [
  "duration",
]

[train]
learner = "auto"
`;

/** What is offered where `after` is written below `text`. */
function offered(after: string, text = FILE): string[] {
  const doc = text + after;
  const complete = completer(schema, () => ["age", "mean radius"]);
  const result = complete(new CompletionContext(EditorState.create({ doc }), doc.length, true));
  return result?.options.map(({ label }) => label) ?? [];
}

test("keys of the table, without those it has", () => {
  expect(offered("tr")).toContain("trials");
  expect(offered("tr")).not.toContain("learner");
  expect(offered("", "[value]\n")).toEqual(["unit", "true_positive", "false_positive", "false_negative", "true_negative"]);
});

test("values that a key allows", () => {
  expect(offered("balance = ")).toEqual(["true", "false"]);
  expect(offered("", FILE.replace('learner = "auto"\n', "learner = "))).toContain('"lightgbm"');
  expect(offered("", "[[goal]]\nbetter_than = ")).toEqual(['"baseline"', '"champion"']);
  expect(offered("", "[retrain]\non = [")).toContain('"drift"');
});

test("columns where columns are named", () => {
  expect(offered("", "[problem]\ntarget = ")).toEqual(['"age"', '"mean radius"']);
  expect(offered("", '[data]\ndrop = [\n  "age",\n  ')).toEqual(['"age"', '"mean radius"']);
});

test("tables", () => {
  const found = offered("\n[");
  expect(found).toEqual(expect.arrayContaining(["[value]", "[[goal]]", "[monitor.limits]", '[data.expect."mean radius"]']));
});

test("keys of a table with a name of the reader's own", () => {
  expect(offered("", '[data.expect."mean radius"]\n')).toEqual(expect.arrayContaining(["kind", "min", "one_of"]));
});

test("nothing in a comment, nor in a table that does not exist", () => {
  expect(offered("# tr")).toEqual([]);
  expect(offered("", "[nonsense]\n")).toEqual([]);
});
