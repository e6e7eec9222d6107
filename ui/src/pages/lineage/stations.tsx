import Link from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import type { Lineage } from "../../client/schema";
import { Time } from "../../components/Time";
import { count, number, plural, share } from "../../lib/numbers";
import { endpointPage, modelPage, problemPage, runPage } from "../../lib/places";
import { sourceName } from "../../lib/source";
import { Digest } from "../model/Digest";

interface Station {
  name: string;
  what: ReactNode;
  details: ReactNode;
  /** Whether it is still in the store. */
  known: boolean;
}

/** What an answer came from, one after the other. */
export function stations({ prediction, endpoint, model, run, dataset, problem, code, outcome }: Lineage): Station[] {
  const version = model.version ? `version ${model.version}` : "a model without a version";
  const learnt = [model.learner, model.stage, model.why].filter(Boolean).join(", ");
  return [
    {
      name: "Answer",
      what: said(prediction.output),
      details: <><Time at={prediction.time} />{outcome && <>; it turned out to be <strong>{outcome.label}</strong>, known <Time at={outcome.arrived_at} />{outcome.corrections > 0 && `, corrected ${plural(outcome.corrections, "time")}`}</>}</>,
      known: true,
    },
    {
      name: "Endpoint",
      what: <Link href={endpointPage(endpoint.name)}>{endpoint.name}</Link>,
      details: <>answered as {endpoint.variant}{endpoint.weight !== null && ` (${number(endpoint.weight)}% of the requests)`}{endpoint.revision !== null && <>, revision {endpoint.revision} of <Time at={endpoint.changed_at} />: {endpoint.why}</>}{endpoint.forced && " (forced)"}</>,
      known: endpoint.revision !== null,
    },
    {
      name: "Model",
      what: model.version ? <Link href={modelPage(model.problem, model.version)}>{version}</Link> : version,
      details: <>{learnt} <Digest text={model.bundle_digest} name="model" /></>,
      known: model.created_at !== null,
    },
    {
      name: "Run",
      what: run ? <Link href={runPage(run.id)}>{run.id}</Link> : "not known any more",
      details: run && <>{run.trigger}, {run.platform}, <Time at={run.started_at} /></>,
      known: run !== null,
    },
    {
      name: "Data",
      what: dataset ? (dataset.name ?? (sourceName(dataset.source ?? "") || "a data set")) : "not known any more",
      details: dataset && <>{[dataset.rows !== null && `${count(dataset.rows)} rows`, dataset.licence].filter(Boolean).join(", ")} <Digest text={dataset.digest} name="data" /></>,
      known: dataset !== null,
    },
    {
      name: "Problem",
      what: <Link href={problemPage(problem.name)}>{problem.question ?? problem.name}</Link>,
      details: <>{[problem.decision, problem.target && `predicts ${problem.target}`].filter(Boolean).join("; ")} {problem.digest && <Digest text={problem.digest} name="problem" />}</>,
      known: problem.digest !== null,
    },
    { name: "Code", what: code.mlcl ? `mlcl ${code.mlcl}` : "not known", details: code.version && code.version !== code.mlcl ? code.version : null, known: code.mlcl !== null },
  ];
}

/** "decision malignant, probability 0.82" */
function said(output: Lineage["prediction"]["output"]): string {
  const parts = Object.entries(output).filter(([name]) => name !== "id");
  return parts.map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "number" ? (name.startsWith("probability") ? share(value) : number(value)) : String(value)}`).join(", ");
}
