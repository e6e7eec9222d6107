import { describe, expect, it } from "vitest";
import type { Answer, InputField, InputForm } from "../../../client/schema";
import { curl, filled, parts, ranked, said, slide } from "./row";

const field = (part: Partial<InputField>) => ({ name: "age", control: "slider", min: 18, max: 80, step: 1, importance: 0.2, ...part }) as InputField;
const answered = (one: object) => ({ predictions: [one] }) as unknown as Answer;
const form = (part: Partial<InputForm>) => ({ task: "binary", positive: "yes", ...part }) as InputForm;

describe("a case", () => {
  it("leaves out what is missing, and keeps zero and false", () => {
    expect(filled({ a: null, b: "", c: 0, d: false, e: "x" })).toEqual({ c: 0, d: false, e: "x" });
  });

  it("shows what counts most first", () => {
    const fields = [field({ name: "a", importance: null }), field({ name: "b", importance: 0.1 }), field({ name: "c", importance: 0.4 })];
    expect(ranked(fields).map(({ name }) => name)).toEqual(["c", "b", "a"]);
  });

  it("has sliders over the range of training, wider for a value that was typed in", () => {
    expect(slide(field({}), 40)).toEqual({ min: 18, max: 80, step: 1 });
    expect(slide(field({}), 95)).toEqual({ min: 18, max: 95, step: 1 });
    expect(slide(field({ max: 18 }), 18)).toBeNull();
    expect(slide(field({ control: "text" }), 18)).toBeNull();
  });
});

describe("an answer", () => {
  it("of a yes-or-no question is the probability of the class that is asked for", () => {
    const answer = answered({ probability: { no: 0.8, yes: 0.2 }, decision: "no" });
    expect(said(form({}), answer)).toEqual({ figure: 0.2, of: "yes", decision: "no", classes: [] });
  });

  it("with several classes is that of the decided one, with the others beside it", () => {
    const answer = answered({ probability: { a: 0.1, b: 0.6, c: 0.3 }, decision: "b" });
    const classes = [["b", 0.6], ["c", 0.3], ["a", 0.1]];
    expect(said(form({ task: "multiclass", positive: null }), answer)).toEqual({ figure: 0.6, of: "b", decision: "b", classes });
  });

  it("is explained by what moved it most, the rest in one", () => {
    const found = parts({ a: 0.1, b: -2, c: 0, d: 0.5, e: -0.2 }, 3);
    expect(found.map(({ name }) => name)).toEqual(["b", "d", "the other 2"]);
    expect(found[2]?.value).toBeCloseTo(-0.1);
  });
});

it("a quote in a value does not end the shell's quotes", () => {
  expect(curl("http://here", "/endpoints/x/predict", { name: "O'Hara" })).toContain(String.raw`{"rows":[{"name":"O'\''Hara"}]}`);
});
