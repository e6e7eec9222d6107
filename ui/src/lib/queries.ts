/** The cache of what the API said. */
import { QueryClient, type Query } from "@tanstack/react-query";
import { ApiError } from "./errors";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Events say what changes (lib/live.ts); within this time nothing is asked twice.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof ApiError && [0, 502, 503, 504].includes(error.status),
    },
  },
});

/** Asks again for everything whose path starts with one of these ("/api/v1/runs"), on screen at once, else when needed. */
export async function refresh(paths: readonly string[]): Promise<void> {
  const touched = (query: Query) => paths.some((path) => pathOf(query).startsWith(path));
  await queries.invalidateQueries({ predicate: touched });
}

function pathOf(query: Query): string {
  const path = query.queryKey[1];
  return typeof path === "string" ? path : "";
}
