import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import { Bar } from "../../../charts/Bars";
import type { Answer, InputForm } from "../../../client/schema";
import { number, share } from "../../../lib/numbers";
import { modelPage } from "../../../lib/places";
import type { Said } from "./row";

/** The answer in large: probability and decision, or the value. */
export function Headline({ form, told, model }: { form: InputForm; told: Said; model: Answer["model"] }) {
  const acts = form.task === "binary" && told.decision === form.positive;
  const version = model.version ? <Link href={modelPage(form.endpoint, model.version)}>version {model.version}</Link> : "a model without a version";
  return (
    <>
      <div className="said">
        <span className="figure" data-testid="answer">
          {told.of === null ? `${number(told.figure, 4)} ${form.unit}`.trim() : share(told.figure)}
        </span>
        {told.of !== null && <span className="breakable">probability of {told.of}</span>}
        {told.decision !== null && <Badge color={acts ? "blue" : "grey"}>Decision: {told.decision}</Badge>}
      </div>
      {told.figure !== null && told.of !== null && <Bar row={{ value: told.figure }} high={1} />}
      <Box color="text-body-secondary">
        {form.threshold !== null && told.of !== null && `${form.positive} is decided from ${share(form.threshold)} on. `}
        Answered by {version}.
      </Box>
    </>
  );
}
