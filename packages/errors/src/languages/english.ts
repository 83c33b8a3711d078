import { mapValues, withoutUndefined } from "../closed-table.ts";
import type { ErrorRow, Reason, Step, Text, WrittenRow } from "../row.ts";
import { ANSWERS } from "../table/answers.ts";
import { ROWS } from "../table/rows.ts";

/* A bundle holds the values of this module in place of the module (bundle/fold-texts.ts). */

export const ENGLISH_ROWS = mapValues(ROWS, rowInEnglish);

export const ENGLISH_ANSWERS = mapValues(ANSWERS, ({ en }) => en);

function rowInEnglish({ reasons, ...row }: WrittenRow): ErrorRow {
  const { title, message, ask, steps, why, meanwhile } = row;
  return {
    recoverable: "yes",
    ...row,
    title: title.en,
    message: message.en,
    ask: ask.en,
    steps: steps.map(stepInEnglish),
    ...withoutUndefined({ reasons: reasons && mapValues(reasons, reasonInEnglish) }),
    why: why.en,
    meanwhile: meanwhile.en,
  };
}

function reasonInEnglish({ message, ask, steps, ...rest }: Reason<Text>): Reason {
  return {
    ...rest,
    message: message.en,
    ...withoutUndefined({ ask: ask?.en, steps: steps?.map(stepInEnglish) }),
  };
}

function stepInEnglish({ en, de: _german, ...step }: Step<Text>): Step {
  return { text: en, ...step };
}
