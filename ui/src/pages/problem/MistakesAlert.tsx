import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import type { ProblemDetail } from "../../client/schema";
import { MistakeList } from "../../components/editor/MistakeList";
import { editPage } from "../../lib/places";

export function MistakesAlert({ problem: { name, mistakes } }: { problem: ProblemDetail }) {
  if (mistakes.length === 0) return null;
  return (
    <Alert type="error" header="The problem file has mistakes" action={<Button href={editPage(name)}>Put it right</Button>}>
      <MistakeList mistakes={mistakes} />
    </Alert>
  );
}
