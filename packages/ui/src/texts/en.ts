import type { TextPart } from "@databox-cmk/errors";

import strings from "./en.json" with { type: "json" };
import { joinTexts } from "./join-texts.ts";

/** The texts that contain values. */
const functions = {
  copyWhat: (what: string) => `Copy ${what}`,
  /** A text of the table of codes, which is English. */
  failureText: (text: string): readonly TextPart[] => [{ text }],
};

export type Functions = typeof functions;

/** English texts that all our pages share. */
export const en = joinTexts(strings, functions);

export type UiTexts = typeof en;
