/** One value for each of a tuple. */
export function mapTuple<const Tuple extends readonly unknown[], Value>(
  tuple: Tuple,
  make: (each: Tuple[number], index: number) => Value,
): { readonly [Index in keyof Tuple]: Value } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one value for each
  return tuple.map(make) as { readonly [Index in keyof Tuple]: Value };
}

/** The results of all, in their order; so many are worked at at once. */
export async function eachAtOnce<Item, Result>(
  atOnce: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** Milliseconds of each of so many calls, always so many in flight. */
export const measureCalls = (
  calls: number,
  inFlight: number,
  call: (index: number) => Promise<void>,
): Promise<readonly number[]> =>
  eachAtOnce(inFlight, [...Array.from({ length: calls }).keys()], async (index) => {
    const startedAt = performance.now();
    await call(index);
    return performance.now() - startedAt;
  });
