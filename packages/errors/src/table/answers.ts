import type { Text } from "../row.ts";

/** Texts of answers, beside those of the rows. */
export const ANSWERS = {
  /** The action lines of Azure's messages (render-arm-error.ts). */
  tryInMinutes: "Try again in a few minutes.",
  checkName: "Check the name and try again.",
  /** Before the az commands of a cloud that is not az's default (explain.ts). */
  chooseCloud: "Point az at the cloud of this order, then sign in with az login",
  nothingToDo: "Nothing: every check passed.",
  keyIsUsable: "Nothing: the key is usable.",
  keyIsCheckedSoon: "Wait: the key is checked within the next minutes.",
} as const satisfies Record<string, Text>;
