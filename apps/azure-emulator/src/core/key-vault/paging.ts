import { REFUSALS, type Refusal } from "./refusal.ts";

const PAGE_MAXIMUM = 25;

/**
 * The start and length of a page. The skip token is the last name of the previous page, opaque to
 * clients.
 */
export type PageRequest = { readonly size: number; readonly after: string | undefined };
export type Page<T> = { readonly items: readonly T[]; readonly next: string | undefined };

export function parsePageRequest(query: ReadonlyMap<string, string>): PageRequest | Refusal {
  const text = query.get("maxresults");
  const size = text === undefined ? PAGE_MAXIMUM : Number(text);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAXIMUM) {
    return REFUSALS.badParameter(
      `Query parameter 'maxresults' must be a number from 1 to ${PAGE_MAXIMUM}.`,
    );
  }
  return { size, after: query.get("$skiptoken") };
}

/**
 * Items are sorted by name; an item that was removed between two pages neither hides nor repeats
 * another.
 */
export function cutPage<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  { size, after }: PageRequest,
): Page<T> {
  const start = after === undefined ? 0 : items.findIndex((item) => nameOf(item) > after);
  if (start === -1) return { items: [], next: undefined };
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  const isMore = start + size < items.length;
  return { items: page, next: isMore && last !== undefined ? nameOf(last) : undefined };
}
