import Cards, { type CardsProps } from "@cloudscape-design/components/cards";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import type { ListedProps } from "./Listed";
import { Order } from "./Order";
import "./listed.css";

const WIDE = 200; // px; what needs less shares a line of the card

/** The rows of a table as cards. */
export function AsCards<T>(props: ListedProps<T>) {
  const { items, trackBy, loading, loadingText, empty, header, filter, pagination, ariaLabels, ref } = props;
  const { selectionType, selectedItems, onSelectionChange, isItemDisabled } = props;
  const [title, ...others] = props.columnDefinitions;
  return (
    <div className="listed">
      <Cards
        {...{ items, trackBy, loading, loadingText, empty, header, pagination, ref }}
        {...{ selectionType, selectedItems, onSelectionChange, isItemDisabled }}
        ariaLabels={{
          cardsLabel: ariaLabels?.tableLabel,
          selectionGroupLabel: ariaLabels?.selectionGroupLabel ?? "",
          itemSelectionLabel: (state, item) => ariaLabels?.itemSelectionLabel?.({ selectedItems: state.selectedItems }, item) ?? "",
        }}
        cardsPerRow={[{ cards: 1 }]}
        cardDefinition={{ header: (item) => cell(title, item), sections: others.map(section) }}
        filter={
          <SpaceBetween size="xs">
            {filter}
            <Order {...props} />
          </SpaceBetween>
        }
      />
    </div>
  );
}

function section<T>(column: TableProps.ColumnDefinition<T>): CardsProps.SectionDefinition<T> {
  const width = Number(column.minWidth ?? 0) >= WIDE ? 100 : 50;
  return { id: column.id, header: column.header, content: (item) => cell(column, item), width };
}

function cell<T>(column: TableProps.ColumnDefinition<T> | undefined, item: T) {
  return column?.cell(item);
}
