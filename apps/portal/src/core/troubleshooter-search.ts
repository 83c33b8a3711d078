/** The parameters of the troubleshooter's address. */
export type TroubleshooterSearch = { readonly code?: string; readonly search?: string };

const MAX_CHARACTERS = 128;

export function parseTroubleshooterSearch(given: Record<string, unknown>): TroubleshooterSearch {
  const code = textOf(given["code"]);
  const search = textOf(given["search"]);
  return {
    ...(code === undefined ? {} : { code }),
    ...(search === undefined ? {} : { search }),
  };
}

function textOf(value: unknown): string | undefined {
  // The router parses a parameter of digits as a number.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text.slice(0, MAX_CHARACTERS) : undefined;
}
