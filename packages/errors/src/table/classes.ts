import type { ErrorClass, Who, WrittenRow } from "../row.ts";

/** Makes the rows of one class from a status, the person who must act, and the texts. */
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
