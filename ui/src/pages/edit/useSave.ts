import { useState } from "react";
import { useNavigate } from "react-router";
import { client } from "../../client/api";
import type { ProblemDetail } from "../../client/schema";
import { useChange } from "../../lib/change";
import type { useDraft } from "../../lib/draft";
import { ApiError } from "../../lib/errors";
import { notifyError } from "../../lib/notices";
import { refresh } from "../../lib/queries";
import { useStartRun } from "../../lib/useStartRun";

export type Draft = ReturnType<typeof useDraft>;
export type Save = ReturnType<typeof useSave>;

/** Saves the text; a text that somebody else saved meanwhile is not written over unseen. */
export function useSave(name: string, draft: Draft) {
  const [conflict, setConflict] = useState(false);
  const navigate = useNavigate();
  const start = useStartRun();
  const put = useChange(
    ({ revision }: { revision: number; run: boolean }) =>
      client.PUT("/api/v1/problems/{name}", { params: { path: { name } }, body: { toml: draft.text, revision } }),
    { touches: ["/api/v1/problems"], quiet: true, done: () => ({ header: "Saved" }) },
  );
  const write = (revision: number, run: boolean) => {
    setConflict(false);
    put.mutate({ revision, run }, { onSuccess: (saved) => after(saved, run), onError: refused });
  };
  const after = (saved: ProblemDetail, run: boolean) => {
    draft.begin(saved.toml, saved.revision);
    if (saved.name !== name) void navigate(`/problems/${saved.name}`);
    else if (run) start.mutate({ problem: saved });
  };
  const refused = (error: unknown) => {
    if (!(error instanceof ApiError && error.status === 409)) { notifyError(error); return; }
    setConflict(true);
    void refresh(["/api/v1/problems"]);
  };
  return { write, isPending: put.isPending || start.isPending, conflict, dismiss: () => setConflict(false) };
}
