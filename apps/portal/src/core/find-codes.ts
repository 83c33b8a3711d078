import { ERROR_CODES, type ErrorCode, type ErrorRow, ERRORS } from "@databox-cmk/errors";

/**
 * Codes whose row contains every word of the search, in the table's order; without a search all of
 * them.
 *
 * @param translate - into the reader's language, which the search covers too
 */
export function findCodes(
  search: string,
  translate: (text: string) => readonly { readonly text: string }[],
): readonly ErrorCode[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return ERROR_CODES.filter((code) => {
    const row: ErrorRow = ERRORS[code];
    const english = [row.title, row.message, row.why, ...reasonMessages(row)];
    const translated = english.flatMap((each) => translate(each).map(({ text }) => text));
    const text = [code, ...Object.keys(row.reasons ?? {}), ...english, ...translated]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function reasonMessages({ reasons = {} }: ErrorRow): readonly string[] {
  return Object.values(reasons).map(({ message }) => message);
}
