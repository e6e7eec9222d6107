import { api, client } from "../../../client/api";
import type { Deploy, Model } from "../../../client/schema";
import { useChange } from "../../../lib/change";
import { ApiError } from "../../../lib/errors";
import { refresh } from "../../../lib/queries";

/** The endpoint as the person sees it; revision 0 while there is none. */
export function useEndpoint(name: string) {
  const path = { params: { path: { name } } };
  const found = api.useQuery("get", "/api/v1/endpoints/{name}", path, { retry: false });
  const none = (found.error as unknown) instanceof ApiError && (found.error as unknown as ApiError).status === 404;
  return { data: none ? undefined : found.data, pending: found.isPending, revision: none ? 0 : (found.data?.revision ?? null) };
}

export function useDeploy(model: Model, onClose: () => void) {
  const name = model.problem;
  const path = { params: { path: { name } } };
  const version = model.version ? `Version ${model.version}` : "The model";
  const deploy = useChange((body: Deploy) => client.POST("/api/v1/endpoints/{name}/deploy", { ...path, body }), {
    touches: ["/api/v1/endpoints", "/api/v1/models", "/api/v1/problems"],
    done: () => ({ header: `${version} of ${name} is deployed`, href: `/endpoints/${name}`, link: "See the endpoint" }),
    then: onClose,
    quiet: true,
  });
  // After a conflict the dialog shows what the other person did; deploying once more is then a decision with open eyes.
  const onError = (error: unknown) => {
    if (error instanceof ApiError && error.status === 409) void refresh(["/api/v1/endpoints"]);
  };
  return { ...deploy, mutate: (body: Deploy) => deploy.mutate(body, { onError }) };
}

