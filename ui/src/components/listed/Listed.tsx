import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { Ref } from "react";
import { useNarrow } from "../../lib/narrow";
import { AsCards } from "./AsCards";

export type ListedProps<T> = TableProps<T> & { ref?: Ref<{ scrollToTop: () => void }> };

/** A table; on a phone each row is a card, its first cell the title and the others below it with their names. */
export function Listed<T>(props: ListedProps<T>) {
  return useNarrow() ? <AsCards {...props} /> : <Table {...props} />;
}
