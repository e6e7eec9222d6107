import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { client } from "../../client/api";
import type { Proposal } from "../../client/schema";
import { ApiError } from "../../lib/errors";
import { refresh } from "../../lib/queries";
import { compose, EMPTY, from, type Draft } from "./draft";
import { offered } from "./goals";

export type WizardState = ReturnType<typeof useWizard>;

/** All that the wizard knows. */
export function useWizard() {
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const say = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const propose = useMutation<Proposal, Error, { source: string; target?: string }>({
    mutationFn: (asked) => look(asked),
    onSuccess: (found, { source, target }) => {
      // With another target, what was said of the problem stays; the rest is proposed anew.
      const said = target && draft.source === source ? { name: draft.name, decision: draft.decision } : {};
      setProposal(found);
      say({ ...from(found, offered(found.task)), ...said, source, value: found.task === "binary" ? draft.value : null });
    },
  });
  const toml = proposal ? compose(proposal, draft) : "";
  const start = useMutation<string>({
    mutationFn: () => saveAndRun(draft.name, toml),
    onSuccess: (run) => {
      void refresh(["/api/v1/problems", "/api/v1/runs"]);
      void navigate(`/new?run=${encodeURIComponent(run)}`);
    },
  });
  /** Whether the proposal is for the source that is named now. */
  const looked = proposal !== null && propose.isSuccess && propose.variables.source === draft.source;
  return { draft, say, proposal, propose, looked, toml, start };
}

async function look({ source, target }: { source: string; target?: string }): Promise<Proposal> {
  const { data } = await client.POST("/api/v1/problem-proposal", { body: { source, target } });
  if (!data) throw new ApiError({}, 500);
  return data;
}

/** Id of the run. A problem of this name that is there already is not written over (409). */
async function saveAndRun(name: string, toml: string): Promise<string> {
  const params = { path: { name } };
  const known = await client.GET("/api/v1/problems/{name}", { params }).catch(() => null);
  if (known?.data && known.data.toml !== toml) throw taken(name);
  const saved = known ?? (await client.PUT("/api/v1/problems/{name}", { params, body: { toml, revision: 0 } }));
  const body = { fresh: false, revision: saved.data?.revision, overrides: [] };
  const { data } = await client.POST("/api/v1/problems/{name}/runs", { params, body });
  return data?.id ?? "latest";
}

function taken(name: string): ApiError {
  return new ApiError({ title: "This name is taken", detail: `There is a problem “${name}” already.`, where: "Question, Name", fix: "Give it another name." }, 409);
}
