/** Walking through a list that the server gives out page by page, by cursors. */
import { useState } from "react";

export interface Pages {
  /** Of the page shown; undefined: the first. */
  cursor: string | undefined;
  /** From 1. */
  page: number;
  first: () => void;
  /** For Cloudscape's Pagination, which lets one go on as long as there is more. */
  pagination: (next: string | null | undefined) => {
    currentPageIndex: number;
    pagesCount: number;
    openEnd: boolean;
    onChange: (event: { detail: { currentPageIndex: number } }) => void;
  };
}

/** `key`: what the list depends on, such as the filter; when it changes, the first page is shown. */
export function usePages(key: string): Pages {
  const [known, setKnown] = useState<{ key: string; cursors: (string | undefined)[]; page: number }>({ key, cursors: [undefined], page: 1 });
  const { cursors, page } = known.key === key ? known : { cursors: [undefined], page: 1 };
  const show = (next: number, all = cursors) => setKnown({ key, cursors: all, page: next });
  return {
    cursor: cursors[page - 1],
    page,
    first: () => show(1),
    pagination: (next) => {
      const all = next ? [...cursors.slice(0, page), next] : cursors.slice(0, page);
      return {
        currentPageIndex: page,
        pagesCount: all.length,
        openEnd: false,
        onChange: ({ detail }) => show(detail.currentPageIndex, all),
      };
    },
  };
}
