import { client } from "../../client/api";
import type { ChangeEndpoint } from "../../client/schema";
import { useChange } from "../../lib/change";
import { ApiError } from "../../lib/errors";
import { refresh } from "../../lib/queries";
import type { Kind } from "./ChangeDialog";

export function useChangeEndpoint(kind: Kind, name: string, done: string, onClose: () => void) {
  const params = { path: { name } };
  const call = (body: ChangeEndpoint) => {
    if (kind === "promote") return client.POST("/api/v1/endpoints/{name}/promote", { params, body });
    if (kind === "rollback") return client.POST("/api/v1/endpoints/{name}/rollback", { params, body });
    return client.POST("/api/v1/endpoints/{name}/undeploy", { params, body });
  };
  const change = useChange(call, {
    touches: ["/api/v1/endpoints", "/api/v1/models", "/api/v1/problems"],
    done: (now) => ({ header: done, content: now.why }),
    then: onClose,
    quiet: true,
  });
  // After a conflict the page shows what the other person did; deciding once more is then done with open eyes.
  const onError = (error: unknown) => {
    if (error instanceof ApiError && error.status === 409) void refresh(["/api/v1/endpoints"]);
  };
  return { ...change, mutate: (body: ChangeEndpoint) => change.mutate(body, { onError }) };
}
