import Box from "@cloudscape-design/components/box";
import { useState } from "react";
import { client } from "../../client/api";
import type { Model, SetStage } from "../../client/schema";
import { Ask } from "../../components/Ask";
import { Why } from "../../components/Why";
import { useChange } from "../../lib/change";

/** Approves or rejects a version by hand, with the reason for those who come after. */
export default function StageDialog({ model, onClose }: { model: Model; onClose: () => void }) {
  const [why, setWhy] = useState("");
  const stage = model.stage === "approved" ? "rejected" : "approved";
  const path = { problem: model.problem, version: String(model.version) };
  const change = useChange((body: SetStage) => client.PUT("/api/v1/models/{problem}/{version}/stage", { params: { path }, body }), {
    touches: ["/api/v1/models", "/api/v1/problems"],
    done: () => ({ header: `Version ${path.version} is ${stage}` }),
    then: onClose,
    quiet: true,
  });
  const word = stage === "approved" ? "Promote" : "Reject";
  return (
    <Ask
      title={`${word} version ${path.version} of ${model.problem}`}
      act={word}
      onAct={() => change.mutate({ stage, why })}
      onClose={onClose}
      pending={change.isPending}
      error={change.error}
    >
      <Box>{EFFECT[stage]}</Box>
      <Why value={why} onChange={setWhy} />
    </Ask>
  );
}

const EFFECT = {
  approved: "The highest approved version is the champion: the one that new models are compared with, and that is deployed unless another is named. What is deployed now does not change.",
  rejected: "A rejected version is not the champion and is not deployed by default. What is deployed now does not change.",
};
