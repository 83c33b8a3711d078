import { mapValues, withoutUndefined } from "../closed-table.ts";
import type {
  ErrorClass,
  ErrorRow,
  Reason,
  Step,
  Text,
  Who,
  WrittenRow,
  WrittenStep,
} from "../row.ts";

/** Makes the rows of one class from a status, the person who must act, and the texts. */
const ofClass =
  (name: ErrorClass) =>
  (
    httpStatus: number,
    who: Who,
    { steps, reasons, ...texts }: Omit<WrittenRow, "class" | "httpStatus" | "who">,
  ): ErrorRow => ({
    recoverable: "yes",
    class: name,
    httpStatus,
    who,
    ...texts,
    steps: steps.map(stepOf),
    ...withoutUndefined({ reasons: reasons && mapValues(reasons, reasonOf) }),
  });

const reasonOf = ({ steps, ...reason }: Reason<Text, WrittenStep>): Reason => ({
  ...reason,
  ...withoutUndefined({ steps: steps?.map(stepOf) }),
});

const stepOf = (step: WrittenStep): Step => (typeof step === "string" ? { text: step } : step);

export const refused = ofClass("refused");
export const unreachable = ofClass("unreachable");
export const invalid = ofClass("invalid");
export const pending = ofClass("pending");
export const internal = ofClass("internal");
