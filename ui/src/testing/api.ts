/** A server for component tests: answers by method and path, and remembers what it was asked. */
import { vi } from "vitest";

type Answer = unknown;
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Headers;
}

/** answers: "GET /api/v1/runs" to a document, or a function of what was asked; a Response is given as it is. */
export function serve(answers: Record<string, Answer>): Asked[] {
  const asked: Asked[] = [];
  const all: Record<string, Answer> = { "GET /api/v1/session": { csrf: "token", signed_in: true, needs_token: false }, ...answers };
  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url, "http://here");
    const text = await request.text();
    const json = request.headers.get("content-type")?.includes("json");
    const one = { method: request.method, path: url.pathname, query: url.searchParams, body: json ? (JSON.parse(text) as unknown) : text, headers: request.headers };
    asked.push(one);
    const known = all[`${one.method} ${one.path}`];
    const found = typeof known === "function" ? (known as (asked: Asked) => Answer)(one) : known;
    if (found instanceof Response) return found;
    return found === undefined ? fault(404, { detail: `No answer to ${one.method} ${one.path}` }) : Response.json(found);
  };
  vi.stubGlobal("fetch", vi.fn(answer));
  return asked;
}

export function fault(status: number, document: object): Response {
  return Response.json({ status, ...document }, { status, headers: { "content-type": "application/problem+json" } });
}
