import Pagination from "@cloudscape-design/components/pagination";

interface Props {
  /** Cursors of the pages that were gone through after the first. */
  cursors: readonly string[];
  next: string | null;
  onChange: (cursors: readonly string[]) => void;
}

/** Pages of a list that the server gives part by part. */
export function Pages({ cursors, next, onChange }: Props) {
  const here = cursors.length + 1;
  if (here === 1 && next === null) return null;
  return (
    <Pagination
      currentPageIndex={here}
      pagesCount={next === null ? here : here + 1}
      openEnd={next !== null}
      ariaLabels={{
        nextPageLabel: "Next page",
        previousPageLabel: "Previous page",
        pageLabel: (page) => `Page ${page}`,
        paginationLabel: "Pages of models",
      }}
      onChange={({ detail }) => {
        const wanted = detail.currentPageIndex;
        if (wanted <= cursors.length + 1) onChange(cursors.slice(0, wanted - 1));
        else if (next !== null) onChange([...cursors, next]);
      }}
    />
  );
}
