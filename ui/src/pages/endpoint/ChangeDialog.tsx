import { useState } from "react";
import type { EndpointDetail } from "../../client/schema";
import { Ask } from "../../components/Ask";
import { Why } from "../../components/Why";
import { Meanwhile } from "./Meanwhile";
import { useChangeEndpoint } from "./useChangeEndpoint";

export type Kind = "promote" | "rollback" | "undeploy";

const WORDS: Record<Kind, { act: string; title: string; done: string }> = {
  promote: { act: "Promote", title: "Promote the new model of", done: "The new model answers alone now" },
  rollback: { act: "Roll back", title: "Roll back", done: "Rolled back" },
  undeploy: { act: "Undeploy", title: "Undeploy", done: "The endpoint is out of use" },
};

/** Changes what answers, as this person saw it; when somebody else changed it meanwhile, nothing is done and the dialog says who and what. */
export default function ChangeDialog({ kind, endpoint, onClose }: { kind: Kind; endpoint: EndpointDetail; onClose: () => void }) {
  const [why, setWhy] = useState("");
  // What the person decides about: the page behind goes on living, this must not.
  const [seen, setSeen] = useState(endpoint);
  const { act, title, done } = WORDS[kind];
  const change = useChangeEndpoint(kind, endpoint.name, done, onClose);
  const newer = endpoint.revision !== seen.revision;
  return (
    <Ask
      title={`${title} ${endpoint.name}`}
      act={newer ? `${act} all the same` : act}
      onAct={() => {
        setSeen(endpoint);
        change.mutate({ revision: endpoint.revision, why });
      }}
      onClose={onClose}
      pending={change.isPending}
      disabled={newer && !possible(kind, endpoint)}
      error={newer ? null : change.error}
    >
      {newer && <Meanwhile endpoint={endpoint} />}
      <div>{possible(kind, endpoint) ? effect(kind, endpoint) : `There is nothing left to ${act.toLowerCase()}.`}</div>
      <Why value={why} onChange={setWhy} />
    </Ask>
  );
}

function possible(kind: Kind, { can_promote, can_rollback, variants }: EndpointDetail): boolean {
  return { promote: can_promote, rollback: can_rollback, undeploy: variants.length > 0 }[kind];
}

function effect(kind: Kind, { variants, previous, state }: EndpointDetail): string {
  const live = variants.find(({ role }) => role === "live")?.label ?? "the live model";
  const other = variants.find(({ role }) => role !== "live" && role !== "standby")?.label ?? "the new model";
  if (kind === "promote") return `From then on ${other} answers every request; ${live} can be brought back.`;
  if (kind === "undeploy") return "No request is answered any more. Its history, captured predictions and models stay; deploying brings it back.";
  if (state === "canary" || state === "shadow") return `From then on ${live} answers every request, without ${other}.`;
  return previous ? `Version ${previous} answers every request again, instead of ${live}.` : `The model before answers again, instead of ${live}.`;
}
