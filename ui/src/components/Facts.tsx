import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import type { ReactNode } from "react";
import type { ProblemCard } from "../client/schema";
import { Alerts } from "./Alerts";
import { Champion } from "./Champion";
import { Goals } from "./Goals";
import { Traffic } from "./Traffic";

/** What a problem's owner asks first. */
export function Facts({ card }: { card: ProblemCard }) {
  return (
    <ColumnLayout columns={4} variant="text-grid" minColumnWidth={170}>
      <Fact label={card.champion && !card.endpoint ? "Best model" : "Model in use"}>
        <Champion card={card} />
      </Fact>
      <Fact label="Goals">
        <Goals card={card} />
      </Fact>
      <Fact label="Live traffic">
        <Traffic endpoint={card.endpoint} />
      </Fact>
      <Fact label="Alerts">
        <Alerts alerts={card.alerts} watched={card.endpoint !== null} />
      </Fact>
    </ColumnLayout>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      {children}
    </div>
  );
}
