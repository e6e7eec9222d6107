import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Tiles } from "../../../charts/Tiles";
import type { MonitoringSeries } from "../../../client/schema";
import { Asked } from "../../../components/Asked";
import { metric, risk, value } from "../curves";
import { OverTime } from "../OverTime";
import { useSeries } from "../useSeries";
import { LookPerformance } from "./LookPerformance";

/** How good the model is in use: as promised, as estimated before outcomes are known, and as they turned out. */
export default function Performance({ name }: { name: string }) {
  const { series, look, chooseLook } = useSeries(name);
  return (
    <Asked of={series}>
      {(found) => (
        <SpaceBetween size="l">
          <Charts found={found} look={look?.until} onChoose={(place) => chooseLook(found.looks[place]?.id ?? "")} />
          {look && <LookPerformance name={name} look={look.id} />}
        </SpaceBetween>
      )}
    </Asked>
  );
}

function Charts({ found, look, onChoose }: { found: MonitoringSeries; look: string | undefined; onChoose: (place: number) => void }) {
  const others = found.metrics.filter((one) => one.metric !== "value_per_case");
  const [wanted, setWanted] = useState<string>();
  const chosen = others.find((one) => one.metric === wanted) ?? others.find((one) => one.metric === found.main_metric) ?? others[0];
  const options = others.map((one) => ({ value: one.metric, label: one.label }));
  const [money, atRisk] = [value(found), risk(found)];
  const shared = { onChoose, ...(look && { cursor: Date.parse(look) }) };
  return (
    <Container header={<Header variant="h2" description="Choose a point to see that look below.">Promised, estimated, realised</Header>}>
      <SpaceBetween size="m">
        {options.length > 1 && (
          <FormField label="Metric">
            <Select options={options} selectedOption={options.find((one) => one.value === chosen?.metric) ?? null} onChange={({ detail }) => setWanted(detail.selectedOption.value)} />
          </FormField>
        )}
        <Tiles least={400}>
          {money && <OverTime drawn={money} summary="What a decision was worth, promised and realised." {...shared} />}
          {chosen && <OverTime drawn={metric(found, chosen)} summary={chosen.greater_is_better ? "More is better." : "Less is better."} {...shared} />}
          {atRisk && <OverTime drawn={atRisk} summary="What all findings of a look may cost in its window." {...shared} />}
        </Tiles>
      </SpaceBetween>
    </Container>
  );
}
