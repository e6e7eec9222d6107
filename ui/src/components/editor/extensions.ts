/** What the editor of problem files can do. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, StreamLanguage } from "@codemirror/language";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { lintGutter, lintKeymap, type Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import type { Mistake } from "../../client/schema";
import { completer } from "./complete";
import type { Node } from "./schema";
import { theme } from "./theme";

export interface Wanted {
  label: string;
  schema: Node;
  columns: () => readonly string[];
  onChange: (text: string) => void;
}

export function extensions({ label, schema, columns, onChange }: Wanted) {
  return [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    bracketMatching(),
    closeBrackets(),
    StreamLanguage.define(toml),
    autocompletion({ override: [completer(schema, columns)], icons: false }),
    // Tab is left to the browser, so that the keyboard gets out of the editor.
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    theme,
  ];
}

/** Mistakes as the editor marks them; those without a place at the first line. */
export function diagnostics(doc: Text, mistakes: readonly Mistake[]): Diagnostic[] {
  return mistakes.map(({ line, column, message, found }) => {
    const at = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
    const from = Math.min(at.from + Math.max((column ?? 1) - 1, 0), at.to);
    return { from, to: at.to, severity: "error", message: found ? `${message} Found: ${found}` : message };
  });
}
