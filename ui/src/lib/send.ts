/** fetch, with what every request of the page needs: the session's CSRF token, and errors that explain themselves. */
import type { Session } from "../client/schema";
import { ApiError, toError, unreachable } from "./errors";
import { session, signInWanted } from "./session";

const SAFE = new Set(["GET", "HEAD"]);

/** Throws ApiError where the answer is an error or none comes. */
export async function send(request: Request): Promise<Response> {
  if (SAFE.has(request.method)) return answer(request);
  const again = request.clone();
  try {
    return await change(request);
  } catch (error) {
    // The session ended, for instance with a restart of the server: once more, with a new one.
    if (!(error instanceof ApiError && error.fault.error === "CsrfError")) throw error;
    session.set(null);
    return change(again);
  }
}

async function change(request: Request): Promise<Response> {
  request.headers.set("X-CSRF-Token", (await sessionNow()).csrf);
  return answer(request);
}

async function answer(request: Request): Promise<Response> {
  const response = await fetch(request).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable();
  });
  if (response.ok) return response;
  if (response.status === 401) signInWanted.set(true);
  throw await toError(response);
}

/** The session as the server told it last; asked for when it is not known. */
export async function sessionNow(): Promise<Session> {
  const known = session.get();
  if (known) return known;
  const response = await answer(new Request("/api/v1/session"));
  const told = (await response.json()) as Session;
  session.set(told);
  return told;
}
