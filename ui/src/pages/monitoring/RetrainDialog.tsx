import Alert from "@cloudscape-design/components/alert";
import { api, client } from "../../client/api";
import { Ask } from "../../components/Ask";
import { Asked } from "../../components/Asked";
import { useChange } from "../../lib/change";
import { Policy } from "./champions/Policy";

/** Before a challenger is trained: what will happen. */
export default function RetrainDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const path = { params: { path: { name } } };
  const retraining = api.useQuery("get", "/api/v1/endpoints/{name}/retraining", path);
  const start = useChange(() => client.POST("/api/v1/endpoints/{name}/attempts", path), {
    touches: ["/api/v1/endpoints", "/api/v1/models", "/api/v1/runs"],
    done: () => ({ header: "A challenger is being trained", href: `/monitoring/${encodeURIComponent(name)}?tab=champions`, link: "Watch" }),
    then: onClose,
    quiet: true,
  });
  return (
    <Ask
      title={`Retrain the model of ${name}`}
      act="Retrain"
      onAct={() => start.mutate(undefined)}
      onClose={onClose}
      pending={start.isPending}
      disabled={!retraining.data?.possible}
      error={start.error}
    >
      <div>
        A challenger learns from the old rows and from those whose outcome has become known since. Both models are judged on the newest of these. The
        challenger replaces the champion only if it is the better one.
      </div>
      <Asked of={retraining}>
        {(found) => (found.possible ? <Policy retraining={found} /> : <Alert type="warning" header="It cannot be started now">{found.why_not}</Alert>)}
      </Asked>
    </Ask>
  );
}
