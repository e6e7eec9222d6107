import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { client } from "../../client/api";
import type { Model, SetStage } from "../../client/schema";
import { ErrorPanel } from "../../components/ErrorPanel";
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
    <Modal
      visible
      onDismiss={onClose}
      closeAriaLabel="Close"
      header={`${word} version ${path.version} of ${model.problem}`}
      footer={
        <Box float="right">
          <SpaceBetween size="xs" direction="horizontal">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={change.isPending} onClick={() => change.mutate({ stage, why })}>
              {word}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {change.error && <ErrorPanel error={change.error} />}
        <Box>{EFFECT[stage]}</Box>
        <FormField label="Why" description="For those who come after; it stays in the history.">
          <Input value={why} onChange={({ detail }) => setWhy(detail.value)} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}

const EFFECT = {
  approved: "The highest approved version is the champion: the one that new models are compared with, and that is deployed unless another is named. What is deployed now does not change.",
  rejected: "A rejected version is not the champion and is not deployed by default. What is deployed now does not change.",
};
