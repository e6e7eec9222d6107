import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { Tiles } from "../../charts/Tiles";
import type { Evaluation } from "../../client/schema";
import { Curve } from "../run/evaluation/Curve";
import { KINDS } from "../run/evaluation/curves";
import { WorthOverlaid } from "./WorthOverlaid";
import type { Side } from "./Beside";

/** The curves of all runs over one another, of binary questions. */
export function Overlaid({ sides, evaluations }: { sides: readonly Side[]; evaluations: readonly (Evaluation | undefined)[] }) {
  const drawn = sides.flatMap(({ run, colour }, place) => {
    const evaluation = evaluations[place];
    return evaluation?.curves?.roc ? [{ name: run.id, colour, evaluation }] : [];
  });
  if (drawn.length < 2) return null;
  return (
    <Container header={<Header variant="h2">Curves</Header>}>
      <Tiles>
        {KINDS.map((kind) => (
          <Curve key={kind} kind={kind} drawn={drawn} />
        ))}
        <WorthOverlaid drawn={drawn} />
      </Tiles>
    </Container>
  );
}
