import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Profile } from "../documents";

/** Leakage first and loudest: a model that knows the answer in advance looks better than it is. */
export function Warnings({ profile }: { profile: Profile }) {
  const leaks = profile.warnings.filter((warning) => warning.code === "leakage");
  const rest = profile.warnings.filter((warning) => warning.code !== "leakage");
  return (
    <SpaceBetween size="s">
      {leaks.length > 0 && (
        <Alert type="error" header="A column may give the answer away">
          <List warnings={leaks} />
        </Alert>
      )}
      {rest.length > 0 && (
        <Alert type="warning" header={rest.length === 1 ? "One thing to know" : `${rest.length} things to know`}>
          <List warnings={rest} />
        </Alert>
      )}
      {profile.warnings.length === 0 && (
        <Alert type="success">No column gives the answer away, and nothing else in the data is a worry.</Alert>
      )}
    </SpaceBetween>
  );
}

function List({ warnings }: { warnings: Profile["warnings"] }) {
  return (
    <ul>
      {warnings.map((warning) => (
        <li key={`${warning.code} ${warning.column}`}>
          {warning.column ? <strong>{warning.column}: </strong> : null}
          {warning.message}
        </li>
      ))}
    </ul>
  );
}
