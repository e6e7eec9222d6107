import Button from "@cloudscape-design/components/button";
import { keepPreviousData } from "@tanstack/react-query";
import { api } from "../../client/api";
import { Asked } from "../../components/Asked";
import { Page } from "../../components/Page";
import { usePages } from "../../lib/paging";
import { Problems } from "./Problems";
import { Welcome } from "./Welcome";

// Traffic is no event: it is asked for.
const EVERY = 10_000;

export function Component() {
  const pages = usePages("");
  const query = { limit: 20, cursor: pages.cursor };
  const problems = api.useQuery(
    "get",
    "/api/v1/problems",
    { params: { query } },
    { refetchInterval: EVERY, placeholderData: keepPreviousData },
  );
  return (
    <Page
      title="Overview"
      description="Every problem from its question to monitored predictions, and back again."
      actions={
        <Button variant="primary" href="/new">
          New problem
        </Button>
      }
    >
      <Asked of={problems} what="Loading problems">
        {(list) => (list.total === 0 ? <Welcome /> : <Problems list={list} pagination={pages.pagination(list.next)} />)}
      </Asked>
    </Page>
  );
}
