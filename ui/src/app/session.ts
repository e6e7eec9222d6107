import { client } from "../client/api";
import { reconnect } from "../lib/live";
import { notifyError } from "../lib/notices";
import { queries } from "../lib/queries";
import { session, signInWanted } from "../lib/session";

/** Throws ApiError when the token is not known. */
export async function signIn(token: string): Promise<void> {
  const { data } = await client.POST("/api/v1/session", { body: { token } });
  session.set(data ?? null);
  signInWanted.set(false);
  reconnect();
  await queries.invalidateQueries();
}

export async function signOut(): Promise<void> {
  try {
    const { data } = await client.DELETE("/api/v1/session");
    session.set(data ?? null);
    queries.clear();
    signInWanted.set(true);
  } catch (error) {
    notifyError(error);
  }
}
