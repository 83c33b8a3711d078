/** The first entry of each node in a list that is sorted newest first. */
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
