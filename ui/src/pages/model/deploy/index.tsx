import { useState } from "react";
import type { Model } from "../../../client/schema";
import { Ask } from "../../../components/Ask";
import { ApiError } from "../../../lib/errors";
import { Meanwhile } from "../../endpoint/Meanwhile";
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
  // What the other person did is what answers now; the dialog shows it once it is known.
  const beaten = deploy.error instanceof ApiError && deploy.error.status === 409;
  const send = () => deploy.mutate({ model: name, strategy, weight, force, revision: endpoint.revision });
  return (
    <Ask
      title={`Deploy ${model.version ? `version ${model.version}` : "this model"} of ${model.problem}`}
      act={beaten ? "Deploy all the same" : "Deploy"}
      onAct={send}
      onClose={onClose}
      pending={deploy.isPending}
      disabled={endpoint.pending || (failed && !force)}
      error={beaten ? null : deploy.error}
    >
      {beaten && endpoint.data && <Meanwhile endpoint={endpoint.data} />}
      {!beaten && <Now endpoint={endpoint.data} pending={endpoint.pending} name={model.problem} />}
      <Choice
        first={!endpoint.data || endpoint.data.variants.length === 0}
        failed={failed}
        {...{ strategy, setStrategy, weight, setWeight, force, setForce }}
      />
    </Ask>
  );
}
