import Button from "@cloudscape-design/components/button";
import { useLocation } from "react-router";
import { Empty } from "../components/Empty";
import { Page } from "../components/Page";

export function Missing() {
  const { pathname } = useLocation();
  return (
    <Page title="Not found">
      <Empty title="There is no such page" action={<Button href="/">Go to the overview</Button>}>
        {pathname} leads nowhere. The link may be old, or have a typing error.
      </Empty>
    </Page>
  );
}
