import { expect, test } from "vitest";
import { fault, serve } from "../testing/api";
import { upload } from "./upload";

const FILE = new File(["0123456789"], "data.csv");
const OPEN = { id: "ab", name: "data.csv", size: 10, part: 4, state: "open", digest: null, source: null };
const options = () => ({ progress: () => {}, signal: new AbortController().signal, pause: () => 0 });

/** Takes parts like the server; `breaks`: the requests that fail, by number. */
function taking(breaks: Record<number, number>) {
  let offset = 0;
  let request = 0;
  const state = () => ({ ...OPEN, offset, state: offset === 10 ? "done" : "open", source: offset === 10 ? "upload:ff/data.csv" : null });
  const part = ({ query }: { query: URLSearchParams }) => {
    const status = breaks[++request];
    if (status !== undefined && status < 1000) return fault(status, { detail: "Broken." });
    if (Number(query.get("offset")) !== offset) return fault(409, { detail: "Not there." });
    offset = Math.min(10, offset + 4);
    // It arrived, and the answer is lost.
    return status === undefined ? state() : fault(502, {});
  };
  return serve({ "POST /api/v1/uploads": state, "GET /api/v1/uploads/ab": state, "PATCH /api/v1/uploads/ab": part });
}

test("a file goes in parts", async () => {
  const asked = taking({});
  await expect(upload(FILE, options())).resolves.toBe("upload:ff/data.csv");
  expect(asked.filter(({ method }) => method === "PATCH").map(({ query }) => query.get("offset"))).toEqual(["0", "4", "8"]);
});

test("a part that is lost on the way, or whose answer is, does not matter", async () => {
  taking({ 2: 503, 4: 1000 });
  await expect(upload(FILE, options())).resolves.toBe("upload:ff/data.csv");
});

test("what the server refuses is not sent again", async () => {
  const asked = taking({ 2: 413 });
  await expect(upload(FILE, options())).rejects.toMatchObject({ status: 413 });
  expect(asked.filter(({ method }) => method === "PATCH")).toHaveLength(2);
});
