import Select, { type SelectProps } from "@cloudscape-design/components/select";
import type { TableProps } from "@cloudscape-design/components/table";

type Props<T> = Pick<TableProps<T>, "columnDefinitions" | "sortingColumn" | "sortingDescending" | "onSortingChange">;

/** What the heads of a table's columns do: the order of the rows. */
export function Order<T>({ columnDefinitions, sortingColumn, sortingDescending = false, onSortingChange }: Props<T>) {
  const sortable = columnDefinitions.filter((column) => column.sortingField ?? column.sortingComparator);
  if (!onSortingChange || sortable.length === 0) return null;
  const options = sortable.flatMap((column, place) => [option(column, place, false), option(column, place, true)]);
  const now = sortable.findIndex((column) => same(column, sortingColumn));
  return (
    <Select
      ariaLabel="Order"
      placeholder="In their order"
      options={options}
      selectedOption={options.find(({ value }) => value === named(now, sortingDescending)) ?? null}
      onChange={({ detail }) => {
        const chosen = options.findIndex(({ value }) => value === detail.selectedOption.value);
        const column = sortable[Math.floor(chosen / 2)];
        if (column) onSortingChange(new CustomEvent("sort", { detail: { sortingColumn: column, isDescending: chosen % 2 === 1 } }));
      }}
    />
  );
}

function option<T>({ header }: TableProps.ColumnDefinition<T>, place: number, descending: boolean): SelectProps.Option {
  const label = typeof header === "string" ? header : "";
  return { value: named(place, descending), label: `By ${label.toLowerCase()}, ${descending ? "descending" : "ascending"}` };
}

function same<T>(one: TableProps.SortingColumn<T>, other: TableProps.SortingColumn<T> | undefined): boolean {
  if (one.sortingComparator ?? other?.sortingComparator) return one.sortingComparator === other?.sortingComparator;
  return one.sortingField === other?.sortingField;
}

const named = (place: number, descending: boolean) => `${place} ${descending ? "down" : "up"}`;
