import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorPanel } from "./ErrorPanel";
import { Loading } from "./Loading";

export interface AskedProps<T> {
  /** From api.useQuery. */
  of: Pick<UseQueryResult<T, unknown>, "data" | "error" | "refetch">;
  what?: string;
  children: (data: T) => ReactNode;
}

/** The answer of a query: loading, an error in words, or what `children` make of it. An old answer is better than none. */
export function Asked<T>({ of: { data, error, refetch }, what, children }: AskedProps<T>) {
  if (data !== undefined) return children(data);
  if (error) return <ErrorPanel error={error} retry={() => void refetch()} />;
  return <Loading what={what} />;
}
