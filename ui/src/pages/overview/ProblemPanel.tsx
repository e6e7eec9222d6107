import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ProblemCard } from "../../client/schema";
import { Cycle } from "../../components/cycle/Cycle";
import { State } from "../../components/State";
import { phasePage, problemPage } from "../../lib/places";
import { Facts } from "../../components/Facts";
import { LatestRun } from "./LatestRun";

const MET = { met: "Goals met", "not met": "Goals not met", undecided: "Goals undecided" };

/** One problem at a glance. */
export function ProblemPanel({ card }: { card: ProblemCard }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={card.name}
          actions={card.goals_met && <State of={card.goals_met}>{MET[card.goals_met]}</State>}
        >
          <Link href={problemPage(card.name)} fontSize="inherit">
            <span className="breakable">{card.question || card.name}</span>
          </Link>
        </Header>
      }
      footer={
        <Box color="text-body-secondary">
          <LatestRun card={card} />
        </Box>
      }
    >
      <SpaceBetween size="l">
        <Cycle phases={card.phases} linkTo={(phase) => phasePage(card, phase)} />
        <Facts card={card} />
      </SpaceBetween>
    </Container>
  );
}
