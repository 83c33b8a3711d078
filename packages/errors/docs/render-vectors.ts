import { explain } from "../src/explain.ts";
import type { ErrorRow } from "../src/row.ts";
import { ERROR_CODES, ERRORS, type ErrorCode } from "../src/table.ts";

/**
 * vectors/errors.json: the table for other languages, one entry for each code and for each of its
 * reasons.
 */
export function renderVectors(): string {
  return `${JSON.stringify({ errors: ERROR_CODES.flatMap(vectorsOf) }, null, 2)}\n`;
}

function vectorsOf(code: ErrorCode): object[] {
  const { reasons }: ErrorRow = ERRORS[code];
  return [undefined, ...Object.keys(reasons ?? {})].map((reason) => {
    const explanation = explain(code, { reason });
    return {
      code,
      reason: reason ?? null,
      class: explanation.class,
      status: explanation.httpStatus,
      who: explanation.who,
      recoverable: explanation.recoverable,
    };
  });
}
