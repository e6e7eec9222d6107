import { ago, at, fully } from "../lib/time";

/** A moment in the reader's zone; `relative`: how long ago. Everything about it in the tooltip. */
export function Time({ at: iso, relative = false }: { at: string | null | undefined; relative?: boolean }) {
  if (!iso) return <>{at(iso)}</>;
  return (
    <time dateTime={iso} title={fully(iso)}>
      {relative ? ago(iso) : at(iso)}
    </time>
  );
}
