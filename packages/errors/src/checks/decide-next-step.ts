import { explain } from "../explain.ts";
import type { Who } from "../row.ts";
import { ANSWERS } from "../table/answers.ts";
import type { CheckFailure, NextStep } from "./check.ts";

const NOTHING_TO_DO: NextStep = { who: "nobody", text: ANSWERS.nothingToDo };

/**
 * The next step.
 *
 * @param reader - the reader's role: a step for another person becomes a request to that person.
 * Without it, the step itself.
 */
export function decideNextStep(failure: CheckFailure | undefined, reader?: Who): NextStep {
  if (failure === undefined) return NOTHING_TO_DO;
  const { code, reason, facts, remedy } = failure;
  if (remedy !== undefined) return remedy;
  const { who, ask, steps } = explain(code, { reason, facts, namesCloud: false });
  if (reader !== undefined && who !== reader) return { who, text: ask };
  const [step] =
    reader === undefined
      ? steps
      : explain(code, { reason, facts, for: who, namesCloud: false }).steps;
  return step === undefined ? { who, text: ask } : { who, ...step };
}
