import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import { Bars, type BarRow } from "../../../charts/Bars";
import { SECOND } from "../../../charts/colours";
import { label } from "../../../charts/metrics";
import { Tiles } from "../../../charts/Tiles";
import { column, count, NONE, plural } from "../../../charts/words";
import type { Evaluation } from "../documents";

const MOST = 12;

/** What the model goes by, measured in two ways. */
export function ImportanceTab({ evaluation }: { evaluation: Evaluation }) {
  const { importance } = evaluation;
  const metric = label(importance.metric);
  const losses = column(importance.permutation.map((one) => one.mean));
  const moves = column(importance.contribution.map((one) => one.mean_abs));
  const shuffled = importance.permutation.map((one, place) => row(one.feature, one.mean, losses[place], one.std));
  const explained = importance.contribution.map((one, place) => row(one.feature, one.mean_abs, moves[place]));
  const listed: readonly { feature: string }[] = explained.length ? importance.contribution : importance.permutation;
  const names = listed.slice(0, 3).map((one) => one.feature);
  return (
    <Container
      header={
        <Header variant="h2" description={names.length > 0 && `Strongest: ${names.join(", ")}.`}>
          What it goes by
        </Header>
      }
    >
      <Tiles>
        <Part
          caption={`By permutation: how much worse ${metric} gets when a column is shuffled among ${count(importance.rows.permutation)} test rows. Whiskers: one standard deviation.`}
          head="Loss"
          rows={shuffled}
        />
        <Part
          caption={`By contribution: how far a column moves a prediction on average, up or down, in the model's own unit, over ${count(importance.rows.contribution)} test rows.`}
          head="Contribution"
          rows={explained.map((one) => ({ ...one, colour: SECOND }))}
        />
      </Tiles>
    </Container>
  );
}

function Part({ caption, head, rows }: { caption: string; head: string; rows: readonly BarRow[] }) {
  const rest = rows.slice(MOST);
  const most = Math.max(0, ...rows.map((one) => one.value + (one.spread ?? 0)));
  if (rows.length === 0) return <p>{caption.split(":")[0]}: not computed for this model.</p>;
  return (
    <div>
      <Bars caption={caption} head={["Column", head]} rows={rows.slice(0, MOST)} />
      {rest.length > 0 && (
        <ExpandableSection headerText={plural(rest.length, "more column")}>
          <Bars caption="The rest" head={["Column", head]} rows={rest} most={most} />
        </ExpandableSection>
      )}
    </div>
  );
}

function row(name: string, value: number | null, text = NONE, spread?: number | null): BarRow {
  return { name, value: value ?? 0, text, ...(spread ? { spread } : {}) };
}
