import { keepPreviousData } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../client/api";

const PAUSE = 350;

/** What the server says of a problem file, a moment after the last change. name: the saved problem that is edited. */
export function useChecked(text: string, name?: string) {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const options = { staleTime: Infinity, gcTime: 60_000, placeholderData: keepPreviousData };
  const { data, error, isPlaceholderData } = api.useQuery("post", "/api/v1/problem-check", { body: { toml: settled, name } }, options);
  const current = settled === text && !isPlaceholderData;
  return { mistakes: data?.mistakes ?? NONE, valid: data?.valid, file: data?.problem_file ?? null, current, error };
}

const NONE: never[] = [];
