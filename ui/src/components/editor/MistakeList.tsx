import Link from "@cloudscape-design/components/link";
import type { Mistake } from "../../client/schema";

/** Mistakes in a problem file; `go`: shows the place of one in the text. */
export function MistakeList({ mistakes, go }: { mistakes: readonly Mistake[]; go?: (line: number) => void }) {
  return (
    <ul className="mistakes">
      {mistakes.map((mistake) => (
        <li key={`${mistake.key} ${mistake.line ?? ""} ${mistake.message}`}>
          <Place mistake={mistake} go={go} /> {mistake.message}
          {mistake.found && <> Found: {mistake.found}.</>}
        </li>
      ))}
    </ul>
  );
}

function Place({ mistake: { key, line }, go }: { mistake: Mistake; go?: (line: number) => void }) {
  const words = [line !== null && `Line ${line}`, key].filter(Boolean).join(", ");
  if (!words) return null;
  if (!go || line === null) return <strong>{words}:</strong>;
  return (
    <Link onFollow={() => go(line)} ariaLabel={`Go to ${words}`}>
      {words}:
    </Link>
  );
}
