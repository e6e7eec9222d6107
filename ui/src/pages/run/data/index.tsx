import { Asked } from "../../../components/Asked";
import type { Run } from "../documents";
import { useDataset, usePreparation, useProfile } from "../useDocuments";
import { DataTab } from "./DataTab";

export default function Part({ run }: { run: Run }) {
  const dataset = useDataset(run.id);
  const preparation = usePreparation(run.id, run.documents.includes("prepare"));
  return (
    <Asked of={useProfile(run.id)}>
      {(profile) => <DataTab profile={profile} dataset={dataset.data} preparation={preparation.data} />}
    </Asked>
  );
}
