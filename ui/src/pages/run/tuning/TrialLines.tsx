import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { label } from "../../../charts/metrics";
import { Parallel } from "../../../charts/Parallel";
import type { Training } from "../documents";
import { dimensions, learners, ranked } from "./trials";

const BEST = 3;

/** The parameters of each trial of one learner, and the score they led to. */
export function TrialLines({ training }: { training: Training }) {
  const tuned = learners(training).filter((name) => of(training, name).length > 1);
  const [chosen, setChosen] = useState(tuned[0] ?? "");
  const trials = of(training, chosen);
  const { axes, read } = dimensions(trials, label(training.metric));
  if (trials.length < 2 || axes.length < 2) return null;
  const lines = trials.map((trial, place) => ({ values: read(trial), best: place < BEST }));
  return (
    <SpaceBetween size="s">
      <Box variant="h3">Parameters and what they led to</Box>
      <Box color="text-body-secondary">
        One line per trial; the {Math.min(BEST, trials.length)} best stand out. The table of trials below has the same as figures.
      </Box>
      {tuned.length > 1 && (
        <FormField label="Learner">
          <SegmentedControl
            label="Learner"
            selectedId={chosen}
            options={tuned.map((name) => ({ id: name, text: name }))}
            onChange={({ detail }) => setChosen(detail.selectedId)}
          />
        </FormField>
      )}
      <Parallel label={`Parallel coordinates of ${trials.length} trials of ${chosen}`} dimensions={axes} lines={lines} />
    </SpaceBetween>
  );
}

function of(training: Training, learner: string) {
  return ranked(training).filter((trial) => trial.learner === learner);
}
