import { client } from "../../../client/api";
import type { ConfigureEndpoint, EndpointDetail } from "../../../client/schema";
import { useChange } from "../../../lib/change";

export function useConfigure(endpoint: EndpointDetail) {
  const params = { path: { name: endpoint.name } };
  return useChange((body: ConfigureEndpoint) => client.PUT("/api/v1/endpoints/{name}/settings", { params, body }), {
    touches: ["/api/v1/endpoints"],
    done: () => ({ header: "The settings are saved" }),
  });
}
