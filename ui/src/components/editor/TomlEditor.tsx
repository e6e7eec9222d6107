import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useEffectEvent, useImperativeHandle, useRef, type Ref } from "react";
import type { Mistake } from "../../client/schema";
import { diagnostics, extensions } from "./extensions";
import type { Node } from "./schema";

export interface EditorHandle {
  go: (line: number) => void;
}

export interface TomlEditorProps {
  text: string;
  label: string;
  onChange: (text: string) => void;
  schema: Node;
  mistakes: readonly Mistake[];
  /** Names of the data's columns, to be offered. */
  columns: readonly string[];
  handle?: Ref<EditorHandle>;
}

/** A problem file to be edited. It lives in a shadow root: there its style sheets need no exception to the page's policy. */
export default function TomlEditor({ text, label, onChange, schema, mistakes, columns, handle }: TomlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  // What was written here and has not come back as `text` yet: on a slow machine more is written meanwhile.
  const told = useRef<string[]>([]);
  const changed = useEffectEvent((next: string) => {
    told.current.push(next);
    onChange(next);
  });
  const names = useEffectEvent(() => columns);
  const first = useEffectEvent(() => text);
  useEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const wanted = { label, schema, columns: () => names(), onChange: (next: string) => changed(next) };
    const editor = new EditorView({ parent: root, root, state: EditorState.create({ doc: first(), extensions: extensions(wanted) }) });
    view.current = editor;
    return () => editor.destroy();
  }, [label, schema]);
  useEffect(() => {
    const editor = view.current;
    const echo = told.current.lastIndexOf(text);
    told.current.splice(0, echo + 1);
    if (echo >= 0 || !editor || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
    told.current = [];
  }, [text]);
  useEffect(() => {
    const editor = view.current;
    editor?.dispatch(setDiagnostics(editor.state, diagnostics(editor.state.doc, mistakes)));
  }, [mistakes, schema]);
  useImperativeHandle(handle, () => ({ go: (line) => goTo(view.current, line) }), []);
  return <div ref={host} />;
}

function goTo(editor: EditorView | null, line: number) {
  if (!editor) return;
  const place = editor.state.doc.line(Math.min(line, editor.state.doc.lines)).from;
  editor.dispatch({ selection: { anchor: place }, effects: EditorView.scrollIntoView(place, { y: "center" }) });
  editor.focus();
}
