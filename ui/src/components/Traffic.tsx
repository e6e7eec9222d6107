import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { LiveEndpoint } from "../client/schema";
import { count, number, share } from "../lib/numbers";
import { endpointPage } from "../lib/places";

const BROKEN = 0.01;

/** What an endpoint answers just now. */
export function Traffic({ endpoint }: { endpoint: LiveEndpoint | null }) {
  if (!endpoint) return <Box color="text-body-secondary">Not deployed.</Box>;
  const { name, state, requests_per_minute: rate, predictions_total: total, error_share: errors } = endpoint;
  return (
    <>
      <div>
        <Link href={endpointPage(name)}>{name}</Link> · {state}
      </div>
      <div>{rate === null ? "Answered elsewhere" : `${number(rate)} a minute`}</div>
      {total !== null && (
        <Box color="text-body-secondary" fontSize="body-s">
          {count(total)} predictions so far
        </Box>
      )}
      {errors !== null && errors >= BROKEN && <StatusIndicator type="error">{share(errors)} fail</StatusIndicator>}
    </>
  );
}
