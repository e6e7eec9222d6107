/** Changes to the text of a problem file that leave the rest of it, with its comments, as it is. */

export type TomlValue = string | number | boolean | readonly string[];

/** A value as TOML. Basic strings are JSON strings, but for DEL, which TOML wants escaped. */
export function tomlValue(value: TomlValue): string {
  if (Array.isArray(value)) return `[${value.map((item: string) => tomlValue(item)).join(", ")}]`;
  return typeof value === "string" ? JSON.stringify(value).replaceAll("\u007f", "\\u007F") : String(value);
}

const HEADER = /^(#?)\s*\[+[^\]]+\]+\s*(#.*)?$/;

/** Sets a key of a table; a table or key that is switched off by `#` is switched on in its place. */
export function setKey(text: string, table: string, key: string, value: TomlValue): string {
  const lines = text.split("\n");
  const start = switchOn(lines, table);
  const end = endOf(lines, start);
  const entry = `${key} = ${tomlValue(value)}`;
  const at = [new RegExp(`^${key}\\s*=`), new RegExp(`^#${key}\\s*=`)]
    .map((form) => lines.findIndex((line, number) => number > start && number < end && form.test(line)))
    .find((found) => found >= 0);
  if (at === undefined) lines.splice(start + 1, 0, entry);
  else lines.splice(at, span(lines, at), entry);
  return lines.join("\n");
}

/** The tables of an array ([[goal]]) anew, where the first of them stood. */
export function setTables(text: string, table: string, entries: readonly Record<string, TomlValue>[]): string {
  const lines = text.split("\n");
  const header = `[[${table}]]`;
  let place = -1;
  for (let at = lines.indexOf(header); at >= 0; at = lines.indexOf(header)) {
    if (place < 0) place = at;
    lines.splice(at, lastEntry(lines, at) - at + 1);
  }
  const written = entries.flatMap((entry) => [header, ...Object.entries(entry).map(([key, value]) => `${key} = ${tomlValue(value)}`), ""]);
  lines.splice(place < 0 ? lines.length : place, 0, ...written);
  return lines.join("\n").replace(/\n{3,}/g, "\n\n");
}

/** Line of the table's header; added at the end when there is none. */
function switchOn(lines: string[], table: string): number {
  const found = lines.findIndex((line) => line.trim() === `[${table}]`);
  if (found >= 0) return found;
  const off = lines.indexOf(`#[${table}]`);
  if (off >= 0) {
    lines[off] = `[${table}]`;
    return off;
  }
  return lines.push("", `[${table}]`) - 1;
}

/** Line after the last one of the table that begins at `start`. */
function endOf(lines: readonly string[], start: number): number {
  const next = lines.findIndex((line, number) => number > start && HEADER.test(line));
  return next < 0 ? lines.length : next;
}

/** The last line of a table that sets something: comments after it belong to what follows. */
function lastEntry(lines: readonly string[], start: number): number {
  const end = endOf(lines, start);
  let last = start;
  for (let at = start + 1; at < end; at++) if (/^[^#\s]/.test(lines[at] ?? "")) last = at;
  return last;
}

/** How many lines a value takes: an array may go over several. */
function span(lines: readonly string[], start: number): number {
  let depth = 0;
  for (let at = start; at < lines.length; at++) {
    const bare = (lines[at] ?? "").replace(/"(\\.|[^"\\])*"|'[^']*'/g, "");
    depth += (bare.match(/\[/g) ?? []).length - (bare.match(/\]/g) ?? []).length;
    if (depth <= 0) return at - start + 1;
  }
  return 1;
}
