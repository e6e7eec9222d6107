import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { Model } from "../../../client/schema";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { Choice } from "./Choice";
import { Now } from "./Now";
import type { Strategy } from "./strategies";
import { useDeploy, useEndpoint } from "./useDeploy";

/** Puts the model into use. When somebody else deployed meanwhile, nothing is done and the dialog says who and what. */
export default function DeployDialog({ model, onClose }: { model: Model; onClose: () => void }) {
  const endpoint = useEndpoint(model.problem);
  const [strategy, setStrategy] = useState<Strategy>("all-at-once");
  const [weight, setWeight] = useState(10);
  const [force, setForce] = useState(false);
  const deploy = useDeploy(model, onClose);
  const failed = model.stage !== "approved";
  const name = String(model.version ?? model.run);
  const send = () => deploy.mutate({ model: name, strategy, weight, force, revision: endpoint.revision });
  return (
    <Modal
      visible
      onDismiss={onClose}
      closeAriaLabel="Close"
      header={`Deploy ${model.version ? `version ${model.version}` : "this model"} of ${model.problem}`}
      footer={
        <Box float="right">
          <SpaceBetween size="xs" direction="horizontal">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={deploy.isPending} disabled={endpoint.pending || (failed && !force)} onClick={send}>
              Deploy
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {deploy.error && <ErrorPanel error={deploy.error} />}
        <Now endpoint={endpoint.data} pending={endpoint.pending} name={model.problem} />
        <Choice
          first={!endpoint.data || endpoint.data.variants.length === 0}
          failed={failed}
          {...{ strategy, setStrategy, weight, setWeight, force, setForce }}
        />
      </SpaceBetween>
    </Modal>
  );
}
