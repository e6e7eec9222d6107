import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSearchParams } from "react-router";
import { Chosen } from "./Chosen";
import { Files } from "./Files";
import { NewFile } from "./NewFile";

/** A file of cases in, the same with answers out. */
export default function Batches({ name }: { name: string }) {
  const [parameters, setParameters] = useSearchParams();
  const chosen = parameters.get("batch");
  const choose = (batch: string) => setParameters({ tab: "file", batch }, { preventScrollReset: true });
  return (
    <SpaceBetween size="l">
      <NewFile name={name} onStart={choose} />
      {chosen && <Chosen key={chosen} id={chosen} />}
      <Files name={name} onChoose={choose} />
    </SpaceBetween>
  );
}
