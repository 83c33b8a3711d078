import { skipTokenOf } from "../core/arm-path.ts";

type Page<Item> = {
  readonly value: readonly Item[];
  readonly nextLink?: string | null | undefined;
};

/** The items of a list, page after page. @param read - a page; without a position the first */
export async function readEveryPage<Item>(
  read: (position: string | undefined) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let position: string | undefined;
  do {
    const { value, nextLink } = await read(position);
    items.push(...value);
    position = skipTokenOf(nextLink);
  } while (position !== undefined);
  return items;
}

/** The first page that has an item, or the last: a filter may find nothing on many pages. */
export async function readFilledPage<Read extends Page<unknown>>(
  read: (position: string | undefined) => Promise<Read>,
  from: string | undefined,
): Promise<Read> {
  const page = await read(from);
  const next = skipTokenOf(page.nextLink);
  return page.value.length > 0 || next === undefined ? page : readFilledPage(read, next);
}
