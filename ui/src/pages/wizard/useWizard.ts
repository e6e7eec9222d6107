import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import { client } from "../../client/api";
import type { Proposal } from "../../client/schema";
import { ApiError } from "../../lib/errors";
import { refresh } from "../../lib/queries";
import { compose, EMPTY, from, questionOf, type Draft } from "./draft";
import { offered } from "./goals";

interface Saved {
  name: string;
  toml: string;
  revision: number;
}

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
      const same = target !== undefined && proposal !== null;
      const own = same && draft.question !== questionOf(proposal) && { question: draft.question };
      const said = same ? { name: draft.name, decision: draft.decision, ...own } : {};
      setProposal(found);
      say({ ...from(found, offered(found.task)), ...said, source, value: found.task === "binary" ? draft.value : null });
    },
  });
  const toml = proposal ? compose(proposal, draft) : "";
  const saved = useRef<Saved>(null);
  const start = useMutation<string>({
    mutationFn: async () => {
      saved.current = await save(draft.name, toml, saved.current);
      return run(saved.current);
    },
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

/** Saves the problem under a name that is not taken yet, unless it was here that it was saved. */
async function save(name: string, toml: string, before: Saved | null): Promise<Saved> {
  if (before?.name === name && before.toml === toml) return before;
  const body = { toml, revision: before?.name === name ? before.revision : 0 };
  try {
    const { data } = await client.PUT("/api/v1/problems/{name}", { params: { path: { name } }, body });
    return { name, toml, revision: data?.revision ?? 1 };
  } catch (error) {
    throw error instanceof ApiError && error.status === 409 ? taken(name) : error;
  }
}

/** Id of the run. */
async function run({ name, revision }: Saved): Promise<string> {
  const body = { fresh: false, revision, overrides: [] };
  const { data } = await client.POST("/api/v1/problems/{name}/runs", { params: { path: { name } }, body });
  return data?.id ?? "latest";
}

function taken(name: string): ApiError {
  return new ApiError({ title: "This name is taken", detail: `There is a problem “${name}” already.`, where: "Question, Name", fix: "Give it another name." }, 409);
}
