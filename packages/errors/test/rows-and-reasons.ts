import type { ErrorRow } from "../src/row.ts";
import { ERROR_CODES, ERRORS, type ErrorCode } from "../src/table.ts";

/** Every code alone and with each of its reasons. */
export function rowsAndReasons(): { code: ErrorCode; reason: string | undefined }[] {
  return ERROR_CODES.flatMap((code) => {
    const { reasons }: ErrorRow = ERRORS[code];
    return [undefined, ...Object.keys(reasons ?? {})].map((reason) => ({ code, reason }));
  });
}
