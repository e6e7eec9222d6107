import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import { Pairs } from "../../components/Pairs";
import { share } from "../../charts/words";
import type { Model } from "../../client/schema";
import { Time } from "../../components/Time";
import { bytes } from "../../lib/numbers";
import { Endpoints } from "../models/definitions";
import { Stage } from "../models/Stage";

/** What the model is, at a glance. */
export function Summary({ model }: { model: Model }) {
  const acts = model.threshold === null ? null : `${share(model.threshold)} and above for ${model.positive ?? "positive"}`;
  const items = [
    { label: "Stage", value: <Stage model={model} /> },
    { label: "Why", value: model.why || "–" },
    { label: "In use at", value: <Endpoints names={model.endpoints} /> },
    { label: "Acts on a probability of", value: acts },
    { label: "Predicts", value: [model.target, model.task && `(${model.task})`].filter(Boolean).join(" ") },
    { label: "Learner", value: [model.learner, model.size && bytes(model.size)].filter(Boolean).join(", ") },
    { label: "Made", value: <Time at={model.created_at} /> },
    { label: "Run", value: model.run && <Link href={`/runs/${model.run}`}>{model.run}</Link> },
  ];
  return (
    <Container>
      <Pairs columns={4} items={items.filter((item) => item.value)} />
    </Container>
  );
}
