import Link from "@cloudscape-design/components/link";
import { Swatch } from "../../charts/Swatch";
import type { Side } from "./Beside";

/** The head of a run's column. */
export function Name({ side: { run, colour } }: { side: Side }) {
  return (
    <>
      <Swatch colour={colour} />
      <Link href={`/runs/${run.id}`}>{run.id}</Link>
    </>
  );
}
