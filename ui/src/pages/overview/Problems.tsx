import Box from "@cloudscape-design/components/box";
import Pagination, { type PaginationProps } from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { PageProblemCard as List } from "../../client/schema";
import { ProblemPanel } from "./ProblemPanel";
import { Summary } from "./Summary";

export function Problems({ list, pagination }: { list: List; pagination: PaginationProps }) {
  return (
    <SpaceBetween size="l">
      <Summary list={list} />
      {list.items.map((card) => (
        <ProblemPanel key={card.name} card={card} />
      ))}
      {pagination.pagesCount > 1 && (
        <Box float="right">
          <Pagination {...pagination} />
        </Box>
      )}
    </SpaceBetween>
  );
}
