/** What could stand at the cursor of a problem file: tables, keys, values, names of columns. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { startCompletion } from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import { tomlValue } from "../../lib/toml";
import { placeIn } from "./place";
import { choices, find, resolve, tables, type Node } from "./schema";

/** Keys whose values are columns of the table. */
const COLUMN_KEYS = new Set(["problem.target", "data.drop", "evaluate.segments", "split.time", "split.group", "split.column"]);

/** columns: names of the data's columns, as far as they are known. */
export function completer(schema: Node, columns: () => readonly string[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const { state, pos } = context;
    const line = state.doc.lineAt(pos);
    const typed = state.sliceDoc(line.from, pos);
    if (/^[^"']*#/.test(typed)) return null;
    const place = placeIn(state.sliceDoc(0, pos), state.sliceDoc(pos));
    if (place.kind === "header" && typed.endsWith("]")) return null;
    if (place.kind === "header") return result(line.from + typed.search(/\S/), headers(schema, columns()), /^[[\w."' -]*$/);
    if (place.kind === "key") return keys(context, schema, place.table, place.present);
    const path = [...place.table, ...place.key];
    const word = context.matchBefore(/["\w.:-]*$/);
    const node = find(schema, path);
    if (!node || !word) return null;
    return result(word.from, values(schema, node, COLUMN_KEYS.has(path.join(".")) ? columns() : []), /^["\w.:-]*$/);
  };
}

function result(from: number, options: Completion[], validFor: RegExp): CompletionResult | null {
  return options.length ? { from, options, validFor } : null;
}

function headers(schema: Node, columns: readonly string[]): Completion[] {
  return tables(schema).flatMap(({ header, description }) => {
    const names = header.includes("COLUMN") ? columns.map((name) => header.replace("COLUMN", tomlValue(name))) : [header];
    return names.map((label) => ({ label, type: "namespace", info: description || undefined, apply: instead(/^\]{0,2}/) }));
  });
}

/** Takes the place of what was typed, and of what the editor closed by itself after it. */
function instead(closed: RegExp) {
  return (view: EditorView, { label }: Completion, from: number, to: number) => {
    const rest = view.state.sliceDoc(to, view.state.doc.lineAt(to).to);
    const end = to + (closed.exec(rest)?.[0].length ?? 0);
    view.dispatch({ changes: { from, to: end, insert: label }, selection: { anchor: from + label.length }, userEvent: "input.complete" });
  };
}

function keys(context: CompletionContext, schema: Node, table: readonly string[], present: ReadonlySet<string>) {
  const word = context.matchBefore(/[\w-]*$/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const known = Object.entries(find(schema, table)?.properties ?? {}).filter(([key]) => !present.has(key));
  const options = known
    .map(([key, value]) => [key, value, resolve(schema, value)] as const)
    .filter(([, , node]) => !node.properties && !(node.type === "array" && node.items && resolve(schema, node.items).properties))
    .map(([key, value, node]) => ({ label: key, type: "property", detail: node.type, info: value.description, apply: insertKey }));
  return result(word.from, options, /^[\w-]*$/);
}

/** "key = ", and then the values at once. */
function insertKey(view: EditorView, { label }: Completion, from: number, to: number) {
  const rest = view.state.sliceDoc(to, view.state.doc.lineAt(to).to);
  const insert = rest.trimStart().startsWith("=") ? label : `${label} = `;
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: "input.complete" });
  startCompletion(view);
}

function values(schema: Node, node: Node, columns: readonly string[]): Completion[] {
  const allowed = choices(schema, node).filter((value) => ["string", "number", "boolean"].includes(typeof value));
  const usual = node.default;
  const listed = [...columns, ...(allowed as (string | number | boolean)[])];
  if (listed.length === 0 && ["string", "number"].includes(typeof usual) && usual !== "") listed.push(usual as string | number);
  const apply = instead(/^"?/);
  return listed.map((value) => ({ label: tomlValue(value), type: "constant", detail: value === usual ? "usual" : undefined, apply }));
}
