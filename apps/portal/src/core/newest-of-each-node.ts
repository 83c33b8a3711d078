/** Of entries that come newest first, the first one of each node. */
export function newestOfEachNode<
  Entry extends { readonly row: { readonly serial?: string | undefined } },
>(entries: readonly Entry[]): readonly Entry[] {
  const seen = new Set<string>();
  return entries.filter(({ row: { serial } }) => {
    if (serial === undefined || seen.has(serial)) return false;
    seen.add(serial);
    return true;
  });
}
