/** The documents of a run, as the API names them. */
export type {
  Curves,
  Dataset,
  Evaluation,
  GoalResult as Goal,
  LogLine,
  Preparation,
  Profile,
  ProfileColumn,
  Run,
  Segment,
  Step,
  Thresholds,
  Training,
  Trial,
  Verdict,
} from "../../client/schema";
