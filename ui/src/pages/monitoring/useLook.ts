import { client } from "../../client/api";
import { useChange } from "../../lib/change";

/** Starts a look; window: how far back ("2w"), null as the problem file says. */
export function useLook(name: string) {
  const params = { path: { name } };
  return useChange((window: string | null) => client.POST("/api/v1/endpoints/{name}/looks", { params, body: { window } }), {
    touches: ["/api/v1/endpoints"],
  });
}
