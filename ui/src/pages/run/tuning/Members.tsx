import { Bars } from "../../../charts/Bars";
import { share } from "../../../charts/words";
import type { Training } from "../documents";
import { parameters } from "./trials";

/** The parts that the model is made of. */
export function Members({ training }: { training: Training }) {
  const members = training.members.length
    ? training.members
    : [{ learner: training.learner, weight: 1, parameters: training.parameters, rounds: training.rounds }];
  return (
    <Bars
      caption={members.length > 1 ? `A blend of ${members.length} models, each judged on ${training.folds} folds` : "One model"}
      head={["Learner and parameters", "Weight"]}
      most={1}
      rows={members.map((member) => ({
        name: (
          <>
            <strong>{member.learner}</strong> {parameters(member)}
          </>
        ),
        value: member.weight,
        text: share(member.weight, 0),
      }))}
    />
  );
}
