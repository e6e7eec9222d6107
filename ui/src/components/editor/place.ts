/** Where in a TOML text one is writing. */

export interface Place {
  /** Path of the table: ["data", "expect", "mean radius"]. */
  table: string[];
  kind: "header" | "key" | "value";
  /** Path of the key whose value is written. */
  key: string[];
  /** Keys that the table has already. */
  present: ReadonlySet<string>;
  /** Whether the value is part of an array. */
  inArray: boolean;
}

const HEADER = /^\s*\[{1,2}([^\]]+)\]{1,2}/;
const KEY = /^\s*((?:"(?:\\.|[^"\\])*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=/;
const PARTS = /"((?:\\.|[^"\\])*)"|'([^']*)'|([\w-]+)/g;

/** "data.expect.'mean radius'" as its parts. */
export function parts(path: string): string[] {
  return [...path.matchAll(PARTS)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

/** before: the text up to the cursor; after: the rest, for keys that the table has below. */
export function placeIn(before: string, after = ""): Place {
  const lines = before.split("\n");
  const last = lines.at(-1) ?? "";
  const start = lines.slice(0, -1).findLastIndex((line) => HEADER.test(line));
  const table = parts(HEADER.exec(lines[start] ?? "")?.[1] ?? "");
  const below = after.split("\n").slice(1);
  const end = below.findIndex((line) => HEADER.test(line));
  const own = [...lines.slice(start + 1, -1), ...below.slice(0, end < 0 ? undefined : end)];
  const present = new Set(own.flatMap((line) => parts(KEY.exec(line)?.[1] ?? "").slice(0, 1)));
  const open = openArray(lines.slice(start + 1));
  if (open) return { table, kind: "value", key: open, present, inArray: true };
  const key = KEY.exec(last)?.[1];
  if (key !== undefined) return { table, kind: "value", key: parts(key), present, inArray: false };
  return { table, kind: /^\s*\[/.test(last) ? "header" : "key", key: [], present, inArray: false };
}

/** Key of the array that is not closed at the end of these lines. */
function openArray(lines: readonly string[]): string[] | null {
  let depth = 0;
  let key: string[] = [];
  for (const line of lines) {
    const named = depth === 0 ? KEY.exec(line) : null;
    if (depth === 0 && !named) continue;
    if (named) key = parts(named[1] ?? "");
    const bare = line.slice(named?.[0].length ?? 0).replace(/"(\\.|[^"\\])*"|'[^']*'|#.*$/g, "");
    depth = Math.max(0, depth + (bare.match(/\[/g) ?? []).length - (bare.match(/\]/g) ?? []).length);
  }
  return depth > 0 ? key : null;
}
