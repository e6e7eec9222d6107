import Alert from "@cloudscape-design/components/alert";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import type { Batch } from "../../../client/schema";
import { count } from "../../../lib/numbers";
import { BatchState } from "./BatchState";
import { going } from "./going";

/** How far the file is; why it stopped, where it did. */
export function BatchProgress({ batch }: { batch: Batch }) {
  const { state, failure, done, total } = batch;
  if (failure) {
    return (
      <Alert type="error" header="The file could not be scored">
        <div className="breakable">
          <div>{failure.what}</div>
          {failure.where && <div>Where: {failure.where}</div>}
          {failure.found && <div>Found: {failure.found}</div>}
          <strong>{failure.do}</strong>
        </div>
      </Alert>
    );
  }
  if (going(batch)) {
    const known = total > 0;
    return <ProgressBar label="Scoring" value={known ? (100 * done) / total : 0} additionalInfo={known ? `${count(done)} of ${count(total)} rows` : "The file is being read."} />;
  }
  if (state === "interrupted") {
    return <Alert type="warning" header="It was interrupted">Nothing is lost: it goes on from where it stopped, by “Go on”.</Alert>;
  }
  return <BatchState of={state} />;
}
