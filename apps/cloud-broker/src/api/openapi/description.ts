import type * as z from "zod/mini";

export type Schema = z.core.$ZodType;

/** The description of a route in the document, beyond the route itself. */
export type Description = {
  readonly summary: string;
  readonly request?: Schema;
  /** `typ` of the signed message whose payload `request` describes. */
  readonly requestType?: string;
  /**
   * Status → schema of the body; undefined for an answer without a body, or one that another
   * standard describes.
   */
  readonly answers: Readonly<Record<number, Schema | undefined>>;
  readonly answerType?: string;
  readonly query?: readonly (
    | "$expand"
    | "$skipToken"
    | "$top"
    | "keyUrl"
    | "state"
    | "search"
    | "stage"
    | "encryption"
    | "health"
    | "lock"
    | "newestFirst"
    | "action"
    | "outcome"
    | "from"
    | "to"
  )[];
  readonly headers?: readonly ("If-Match" | "If-None-Match")[] | undefined;
};
