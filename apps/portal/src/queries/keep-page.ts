import { hashKey } from "@tanstack/react-query";

/**
 * For `placeholderData`: while a page of a list is read, the page before it stays; that of another
 * list does not.
 *
 * @param list - the part of a page's key that all pages of the list have
 */
export const keepPage =
  (list: readonly unknown[]) =>
  <Data>(
    data: Data | undefined,
    query: { readonly queryKey: readonly unknown[] } | undefined,
  ): Data | undefined =>
    query !== undefined && hashKey(query.queryKey.slice(0, list.length)) === hashKey(list)
      ? data
      : undefined;
