import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { Pairs } from "../../../components/Pairs";
import { count, plural } from "../../../charts/words";
import type { Dataset, Preparation, Profile } from "../documents";

interface Props {
  profile: Profile;
  dataset: Dataset | undefined;
  preparation: Preparation | undefined;
}

/** Where the rows come from, and how they were split. */
export function Source({ profile, dataset, preparation }: Props) {
  const rows = preparation?.rows ?? {};
  const split = Object.entries(rows).map(([name, amount]) => `${name} ${count(amount)}`);
  const items = [
    { label: "Source", value: dataset?.source ?? "" },
    { label: "Rows", value: rowsText(profile) },
    { label: "Columns", value: count(profile.columns.length) },
    { label: "Split", value: [split.join(", "), preparation?.split_how].filter(Boolean).join(": ") },
    { label: "Licence", value: dataset?.licence || "not stated by the source" },
    { label: "Citation", value: dataset?.citation ?? "" },
    { label: "Digest", value: dataset?.digest.slice(0, 12) ?? "" },
    { label: "Left out", value: left(preparation) },
  ];
  return (
    <Container header={<Header variant="h2">Where the data come from</Header>}>
      <Pairs columns={4} items={items.filter((item) => item.value !== "")} />
    </Container>
  );
}

function rowsText(profile: Profile): string {
  const sampled = profile.sampled ? `, distributions from ${count(profile.sampled)} of them` : "";
  const twice = profile.duplicates ? `, ${count(profile.duplicates)} repeat another` : "";
  return `${count(profile.rows)}${sampled}${twice}`;
}

function left(preparation: Preparation | undefined): string {
  const columns = (preparation?.dropped ?? []).map((one) => `${one.column} (${one.why})`);
  const rows = preparation?.left_out ? [`${plural(preparation.left_out, "row")} without a target`] : [];
  return [...rows, ...columns].join("; ");
}
