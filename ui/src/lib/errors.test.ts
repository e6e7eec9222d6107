import { expect, test } from "vitest";
import { ApiError, explain, toError, unreachable } from "./errors";

test("a fault says what, where, found and fix", () => {
  const error = new ApiError({ title: "Wrong data", detail: "Broken.", where: "row 3", found: "x", fix: "Mend it.", retryable: false }, 422);
  expect(explain(error)).toEqual({ title: "Wrong data", what: "Broken.", where: "row 3", found: "x", fix: "Mend it.", retryable: false });
});

test.each([
  [401, "Sign in first"],
  [404, "Not found"],
  [500, "It did not work"],
])("an answer %i without a document is explained all the same", async (status, title) => {
  const told = explain(await toError(new Response("<html>", { status })));
  expect(told.title).toBe(title);
  expect(told.fix).not.toBe("");
});

test("no answer: may be tried again", () => {
  expect(explain(unreachable())).toMatchObject({ title: "The server cannot be reached", retryable: true });
});

test("a mistake of the page itself", () => {
  expect(explain(new TypeError("x is undefined"))).toMatchObject({ what: "x is undefined", fix: "Load the page again." });
});
