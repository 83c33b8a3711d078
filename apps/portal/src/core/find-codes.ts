import { ERROR_CODES, type ErrorCode, type ErrorRow, ERRORS } from "@databox-cmk/errors";

/** Codes in whose row every word of the search stands, in the table's order; all of them without one. */
export function findCodes(search: string): readonly ErrorCode[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return ERROR_CODES.filter((code) => {
    const row: ErrorRow = ERRORS[code];
    const text = [code, row.title, row.message, row.why, ...reasonTexts(row)]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function reasonTexts({ reasons = {} }: ErrorRow): readonly string[] {
  return Object.entries(reasons).flatMap(([name, { message }]) => [name, message]);
}
