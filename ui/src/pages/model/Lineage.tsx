import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Steps from "@cloudscape-design/components/steps";
import { colorTextBodyDefault } from "@cloudscape-design/design-tokens";
import type { ReactNode } from "react";
import { Pairs } from "../../components/Pairs";
import { count } from "../../charts/words";
import type { Model } from "../../client/schema";
import { Time } from "../../components/Time";
import { useDataset } from "../run/useDocuments";
import { Digest } from "./Digest";

/** Where the model comes from, enough to make the same one again: problem, data, code, run. */
export default function Lineage({ model }: { model: Model }) {
  const dataset = useDataset(model.run).data;
  const stations = [
    station(
      "Problem",
      <Link href={`/problems/${model.problem}`}>{model.question || model.problem}</Link>,
      <Digest text={model.problem_digest} name="problem" />,
    ),
    station(
      "Data",
      dataset ? `${dataset.source}, ${count(dataset.rows)} rows${dataset.licence ? `, ${dataset.licence}` : ""}` : "a data set",
      <Digest text={model.dataset_digest} name="data" />,
    ),
    station("Code", `mlcl ${model.code_version}`, libraries(model.versions)),
    station(
      "Run",
      model.run ? <Link href={`/runs/${model.run}`}>{model.run}</Link> : "not known",
      <>
        {model.learner}, <Time at={model.created_at} />
        {model.parent ? <>, judged against version {model.parent}</> : null}
      </>,
    ),
    station(
      "Model",
      model.version ? `version ${model.version}` : "not registered: its goals were not met",
      <Digest text={model.bundle_digest} name="model" />,
    ),
  ];
  return (
    <Container
      header={
        <Header variant="h2" description="The same problem, data and code make the same model, bit by bit.">
          Where it comes from
        </Header>
      }
    >
      <Steps steps={stations} ariaLabel="Lineage of the model" />
      <Pairs items={[{ label: "Verdict", value: model.why || "–" }]} />
    </Container>
  );
}

function station(name: string, what: ReactNode, details: ReactNode) {
  const header = (
    <span style={{ color: colorTextBodyDefault }}>
      <strong>{name}</strong>: {what}
    </span>
  );
  return { status: "success" as const, statusIconAriaLabel: "known", header, details };
}

function libraries(versions: Record<string, string>): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}
