/** Text that was written and not yet saved: it survives a reload, and a crash of the browser. */
import { useEffect, useState } from "react";

interface Draft {
  text: string;
  /** Number of the saved text that it was made from. */
  revision: number;
}

function read(key: string): Draft | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
  } catch {
    return null;
  }
}

/** saved, savedRevision: as the server has it. restored: whether the text is one from before a reload. */
export function useDraft(name: string, saved: string, savedRevision: number) {
  const key = `mlcl-draft:${name}`;
  const [kept] = useState(() => read(key));
  const [draft, setDraft] = useState<Draft>(kept ?? { text: saved, revision: savedRevision });
  const dirty = draft.text !== saved;
  useEffect(() => {
    if (dirty) localStorage.setItem(key, JSON.stringify(draft));
    else localStorage.removeItem(key);
  }, [key, draft, dirty]);
  return {
    text: draft.text,
    revision: draft.revision,
    dirty,
    restored: kept !== null && kept.text === draft.text && dirty,
    write: (text: string) => setDraft((now) => ({ ...now, text })),
    begin: (text: string, revision: number) => setDraft({ text, revision }),
  };
}
