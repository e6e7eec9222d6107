/** The few marks that a model card is written with, as blocks. Everything else in it is text, whatever it looks like. */

export interface Span {
  text: string;
  bold: boolean;
}

export type Block =
  | { kind: "heading"; level: number; spans: Span[] }
  | { kind: "list"; items: Span[][] }
  | { kind: "table"; head: Span[][]; rows: Span[][][] }
  | { kind: "text"; spans: Span[] };

export function blocks(markdown: string): Block[] {
  return markdown
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map(block);
}

function block(part: string): Block {
  const lines = part.split("\n");
  const heading = /^(#{1,6}) (.*)$/.exec(part);
  if (heading) return { kind: "heading", level: heading[1]?.length ?? 1, spans: spans(heading[2] ?? "") };
  if (lines.every((line) => line.startsWith("- "))) return { kind: "list", items: lines.map((line) => spans(line.slice(2))) };
  if (lines.length > 1 && lines.every((line) => line.startsWith("|"))) {
    const [head = [], , ...rows] = lines.map(cells);
    return { kind: "table", head, rows };
  }
  return { kind: "text", spans: spans(lines.join(" ")) };
}

/** Cells of a table's line; an escaped bar does not end one. */
function cells(line: string): Span[][] {
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => spans(cell.trim()));
}

function spans(text: string): Span[] {
  return text
    .split(/(?<!\\)\*\*/)
    .map((part, place) => ({ text: plain(part), bold: place % 2 === 1 }))
    .filter((span) => span.text !== "");
}

/** Without the escapes. */
function plain(text: string): string {
  return text
    .replace(/\\([\\`*_{}[\]#|~!])/g, "$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
