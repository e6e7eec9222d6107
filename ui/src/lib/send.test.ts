import { beforeEach, expect, test } from "vitest";
import { client } from "../client/api";
import { fault, serve } from "../testing/api";
import { session, signInWanted } from "./session";

const CHECK = "/api/v1/problem-check";

beforeEach(() => {
  session.set(null);
  signInWanted.set(false);
});

const check = () => client.POST(CHECK, { body: { toml: "" } });

test("what changes something carries the session's token, asked for once", async () => {
  const asked = serve({ [`POST ${CHECK}`]: { valid: true } });
  await check();
  await check();
  expect(asked.map(({ path }) => path)).toEqual(["/api/v1/session", CHECK, CHECK]);
  expect(asked.at(-1)?.headers.get("x-csrf-token")).toBe("token");
});

test("a session that ended is begun anew, and the request sent again with its body", async () => {
  let times = 0;
  const asked = serve({ [`POST ${CHECK}`]: () => (++times === 1 ? fault(403, { error: "CsrfError" }) : { valid: true }) });
  await expect(check()).resolves.toMatchObject({ data: { valid: true } });
  expect(asked.filter(({ path }) => path === CHECK).map(({ body }) => body)).toEqual([{ toml: "" }, { toml: "" }]);
  expect(asked.filter(({ path }) => path === "/api/v1/session")).toHaveLength(2);
});

test("any other refusal is not repeated", async () => {
  const asked = serve({ [`POST ${CHECK}`]: () => fault(403, { detail: "No." }) });
  await expect(check()).rejects.toMatchObject({ status: 403, message: "No." });
  expect(asked.filter(({ path }) => path === CHECK)).toHaveLength(1);
});

test("401 asks for a token", async () => {
  serve({ "GET /api/v1/runs": () => fault(401, { detail: "A token is needed." }) });
  await expect(client.GET("/api/v1/runs")).rejects.toMatchObject({ status: 401 });
  expect(signInWanted.get()).toBe(true);
});
