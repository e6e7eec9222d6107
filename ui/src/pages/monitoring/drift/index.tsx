import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Tiles } from "../../../charts/Tiles";
import type { MonitoringSeries } from "../../../client/schema";
import { Asked } from "../../../components/Asked";
import { apart, drift } from "../curves";
import { OverTime } from "../OverTime";
import { useSeries } from "../useSeries";
import { ColumnPanel } from "./ColumnPanel";
import { LookColumns } from "./LookColumns";

/** How far the columns have moved from training, over time and in one look. */
export default function Drift({ name }: { name: string }) {
  const { series, look, column, chooseLook, chooseColumn } = useSeries(name);
  return (
    <Asked of={series}>
      {(found) => (
        <SpaceBetween size="l">
          <Container header={<Header variant="h2" description="Choose a point to see that look below.">Drift over time</Header>}>
            <Charts found={found} look={look?.until} onChoose={(place) => chooseLook(found.looks[place]?.id ?? "")} />
          </Container>
          {look && <LookColumns name={name} look={look} column={column} onColumn={chooseColumn} />}
          {look && column && <ColumnPanel name={name} look={look.id} column={column} />}
        </SpaceBetween>
      )}
    </Asked>
  );
}

function Charts({ found, look, onChoose }: { found: MonitoringSeries; look: string | undefined; onChoose: (place: number) => void }) {
  const cursor = look ? Date.parse(look) : undefined;
  return (
    <Tiles least={420}>
      <OverTime
        drawn={{ ...drift(found), title: "Columns that drifted most" }}
        summary="How far the values of each column lie from training's (population stability index)."
        cursor={cursor}
        onChoose={onChoose}
      />
      <OverTime drawn={apart(found)} summary="A classifier tries to tell the window's rows from training's." cursor={cursor} onChoose={onChoose} />
    </Tiles>
  );
}
