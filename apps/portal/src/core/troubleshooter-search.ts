import { withoutUndefined } from "@databox-cmk/errors";

/** The parameters of the troubleshooter's address. */
export type TroubleshooterSearch = { readonly code?: string; readonly search?: string };

const MAX_CHARACTERS = 128;

export function parseTroubleshooterSearch(given: Record<string, unknown>): TroubleshooterSearch {
  return withoutUndefined({ code: textOf(given["code"]), search: textOf(given["search"]) });
}

function textOf(value: unknown): string | undefined {
  // The router parses a parameter of digits as a number.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text.slice(0, MAX_CHARACTERS) : undefined;
}
