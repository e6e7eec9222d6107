import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Dataset, Preparation, Profile } from "../documents";
import { Columns } from "./Columns";
import { Correlations } from "./Correlations";
import { Expectations } from "./Expectations";
import { Source } from "./Source";
import { TargetCard } from "./TargetCard";
import { Warnings } from "./Warnings";

interface Props {
  profile: Profile;
  dataset: Dataset | undefined;
  preparation: Preparation | undefined;
}

/** What the data are like, and what should worry about them. */
export function DataTab({ profile, dataset, preparation }: Props) {
  return (
    <SpaceBetween size="l">
      <Warnings profile={profile} />
      <Source profile={profile} dataset={dataset} preparation={preparation} />
      <TargetCard profile={profile} />
      <Columns profile={profile} />
      <Correlations profile={profile} />
      <Expectations profile={profile} />
    </SpaceBetween>
  );
}
