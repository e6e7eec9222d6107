import Box from "@cloudscape-design/components/box";
import { useRouteError } from "react-router";
import { ErrorPanel } from "../components/ErrorPanel";

/** Shown in place of a page that failed: a fault in it, or its part that could not be loaded after an update. */
export function Broken() {
  return (
    <Box padding="l">
      <ErrorPanel error={useRouteError()} retry={() => window.location.reload()} />
    </Box>
  );
}
