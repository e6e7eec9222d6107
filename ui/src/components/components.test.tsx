import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Phase, ProblemCard } from "../client/schema";
import { ApiError } from "../lib/errors";
import { Asked } from "./Asked";
import { Cycle } from "./cycle/Cycle";
import { MistakeList } from "./editor/MistakeList";
import { Goals } from "./Goals";

const phase = (name: Phase["name"], state: Phase["state"]): Phase => ({ name, label: name, state, text: "", at: null });

test("each phase says how it stands in words, not by colour alone, and leads where it is shown", () => {
  render(<Cycle phases={[phase("data", "done"), phase("deploy", "attention")]} linkTo={(name) => (name === "data" ? "/runs/1" : undefined)} />);
  const [data, deploy] = screen.getAllByRole("listitem");
  expect(data).toHaveTextContent("data: done.");
  expect(deploy).toHaveTextContent("deploy: attention.");
  expect(screen.getAllByRole("link")).toHaveLength(1);
});

test("an error is shown in words and may be tried again; an old answer stays beside it", () => {
  const refetch = vi.fn();
  const of = { data: undefined as string | undefined, error: new ApiError({ detail: "Broken.", fix: "Mend it." }, 500), refetch };
  const { rerender } = render(<Asked of={of}>{(text) => <p>{text}</p>}</Asked>);
  expect(screen.getByText("Mend it.")).toBeVisible();
  screen.getByRole("button", { name: "Try again" }).click();
  expect(refetch).toHaveBeenCalledOnce();
  rerender(<Asked of={{ ...of, data: "old" }}>{(text) => <p>{text}</p>}</Asked>);
  expect(screen.getByText("old")).toBeVisible();
});

test("goals are judged one by one; without a model in use, by the verdict", () => {
  const goal = { metric: "recall", wanted: "at least 0.9", got: 0.5, outcome: "not met", low: null, high: null, against: null, rows_to_decide: null, why: "" };
  const card = { unit: "", goals_met: "undecided", champion: { goals: [goal] } } as unknown as ProblemCard;
  const { rerender } = render(<Goals card={card} />);
  expect(screen.getByText("Recall")).toBeVisible();
  expect(screen.getByText("at least 0.9")).toBeVisible();
  rerender(<Goals card={{ ...card, champion: null }} />);
  expect(screen.getByText("Undecided")).toBeVisible();
});

test("a mistake names its line and leads there", () => {
  const go = vi.fn();
  render(<MistakeList go={go} mistakes={[{ key: "train.trials", line: 7, column: 1, message: "<b>too many</b>", found: "" }]} />);
  screen.getByRole("button", { name: "Go to Line 7, train.trials" }).click();
  expect(go).toHaveBeenCalledWith(7);
  expect(screen.getByText(/<b>too many/)).toBeVisible();
});
