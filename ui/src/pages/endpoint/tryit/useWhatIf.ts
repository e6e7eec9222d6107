import { keepPreviousData } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../../client/api";
import type { InputForm } from "../../../client/schema";
import { filled, type Row, type Value } from "./row";

const PAUSE = 120; // ms without a movement of a slider, before the model is asked

/** A row that can be changed, and what the model says of it. */
export function useWhatIf(form: InputForm) {
  const [row, setRow] = useState<Row>(form.example);
  const [asked, setAsked] = useState<Row>(form.example);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(row), PAUSE);
    return () => clearTimeout(timer);
  }, [row]);
  const params = {
    path: { name: form.endpoint },
    query: { explain: "true" as const, capture: "false" as const },
  };
  // With a canary beside the live model, one of the two has to answer all of it.
  const headers = { "X-MLCL-Key": form.bundle_digest };
  const init = { params, headers, body: { rows: [filled(asked)] } };
  const answer = api.useQuery("post", "/endpoints/{name}/predict", init, { placeholderData: keepPreviousData, gcTime: 10_000, retry: false });
  return {
    row,
    set: (name: string, value: Value) => setRow((known) => ({ ...known, [name]: value })),
    reset: () => setRow(form.example),
    changed: JSON.stringify(row) !== JSON.stringify(form.example),
    answer,
  };
}
