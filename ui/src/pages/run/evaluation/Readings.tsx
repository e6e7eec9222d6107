import Box from "@cloudscape-design/components/box";
import type { ReactNode } from "react";
import { Pairs } from "../../../components/Pairs";
import { count, money, share } from "../../../charts/words";
import type { Evaluation } from "../documents";
import type { Point } from "../threshold";

interface Props {
  point: Point;
  chosen: Point;
  evaluation: Evaluation;
}

/** The figures that follow the slider, beside those of the chosen threshold and of the naive baseline. */
export function Readings({ point, chosen, evaluation }: Props) {
  const naive = evaluation.baseline.metrics;
  const worth = (value: number | null | undefined) =>
    money(value === null || value === undefined ? null : Math.round(1000 * value), evaluation.unit);
  const between = (name: string, text: (value: number | null) => string) => {
    const ends = evaluation.intervals[name];
    return ends ? ` (95%: ${text(ends.low)} to ${text(ends.high)})` : "";
  };
  const last =
    point.value === null
      ? reading("F1", point.f1.toFixed(3), `chosen ${chosen.f1.toFixed(3)}`, (naive["f1"] ?? 0).toFixed(3))
      : reading(
          "Worth per 1,000 cases",
          worth(point.value),
          `chosen ${worth(chosen.value)}${between("value_per_case", worth)}`,
          worth(naive["value_per_case"]),
        );
  return (
    <Pairs
      columns={4}
      items={[
        last,
        reading(
          "Precision",
          share(point.precision),
          `chosen ${share(chosen.precision)}${between("precision", share)}`,
          share(naive["precision"]),
        ),
        reading("Recall", share(point.recall), `chosen ${share(chosen.recall)}${between("recall", share)}`, share(naive["recall"])),
        reading("Cases acted on", share(point.share), `${count(point.tp)} rightly, ${count(point.fp)} in vain, ${count(point.fn)} missed`),
      ]}
    />
  );
}

function reading(label: string, now: string, chosen: string, naive?: string): { label: string; value: ReactNode } {
  const value = (
    <>
      <Box fontSize="heading-xl" fontWeight="bold">
        {now}
      </Box>
      <Box color="text-body-secondary" fontSize="body-s">
        {chosen}
      </Box>
      {naive !== undefined && (
        <Box color="text-body-secondary" fontSize="body-s">
          naive baseline {naive}
        </Box>
      )}
    </>
  );
  return { label, value };
}
