import { expect, test } from "vitest";
import { setKey, setTables, tomlValue } from "./toml";

const FILE = `# A guess.

[problem]
# Short name
name = "old" # here
#decision = ""

# Worth
#[value]
#unit = "EUR"
#true_positive = 100

# Goals
[[goal]]
metric = "roc_auc"
better_than = "baseline"

#[[goal]]
#metric = "roc_auc"

[data]
source = "a.csv"
# Names a row.
#drop = [
#  "id",
#]
missing = [
  "NA", # not ] the end
  "]",
]
`;

test("a key is set in its place, comments stay", () => {
  const text = setKey(FILE, "problem", "name", 'new "one"\n');
  expect(text).toContain('# Short name\nname = "new \\"one\\"\\n"\n#decision');
  expect(text).not.toContain("old");
});

test("a key and a table that are switched off are switched on", () => {
  expect(setKey(FILE, "problem", "decision", "Call")).toContain('\ndecision = "Call"\n');
  const text = setKey(FILE, "value", "true_positive", 120.5);
  expect(text).toContain('# Worth\n[value]\n#unit = "EUR"\ntrue_positive = 120.5\n');
});

test("a key or table that is not there is added", () => {
  expect(setKey(FILE, "problem", "task", "binary")).toContain('[problem]\ntask = "binary"\n');
  expect(setKey(FILE, "train", "trials", 3)).toMatch(/\[train\]\ntrials = 3$/);
});

test("an array over several lines is replaced whole", () => {
  const text = setKey(FILE, "data", "missing", ["?"]);
  expect(text).toContain('missing = ["?"]\n');
  expect(text).not.toContain("the end");
});

test("goals are written anew where they stood", () => {
  const text = setTables(FILE, "goal", [{ metric: "recall", at_least: 0.9 }, { metric: "precision", at_least: 0.5 }]);
  expect(text).toContain('# Goals\n[[goal]]\nmetric = "recall"\nat_least = 0.9\n\n[[goal]]\nmetric = "precision"');
  expect(text).toContain('#[[goal]]\n#metric = "roc_auc"');
  expect(text).not.toContain("\nbetter_than");
});

test("no goals at all", () => {
  expect(setTables(FILE, "goal", [])).not.toMatch(/^\[\[goal/m);
});

test.each([
  ["</script>", '"</script>"'],
  ["a\\b\u0001\u007f", '"a\\\\b\\u0001\\u007F"'],
  [["ä", '"'], '["ä", "\\""]'],
  [true, "true"],
  [-8, "-8"],
])("%j as TOML", (value, text) => {
  expect(tomlValue(value)).toBe(text);
});
