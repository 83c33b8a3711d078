import type { ErrorClass, Who, WrittenRow } from "../row.ts";

/** The rows of one class: the status, the person who must act, and the texts. */
const ofClass =
  (name: ErrorClass) =>
  (
    httpStatus: number,
    who: Who,
    texts: Omit<WrittenRow, "class" | "httpStatus" | "who">,
  ): WrittenRow => ({ class: name, httpStatus, who, ...texts });

export const refused = ofClass("refused");
export const unreachable = ofClass("unreachable");
export const invalid = ofClass("invalid");
export const pending = ofClass("pending");
export const internal = ofClass("internal");
