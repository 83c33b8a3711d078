export type Sorting<Column extends string> = {
  readonly column: Column;
  readonly direction: "ascending" | "descending";
};

/** A header that is pressed again: ascending, descending, and then the service's own order. */
export function nextSorting<Column extends string>(
  column: Column,
  now: Sorting<Column> | undefined,
): Sorting<Column> | undefined {
  if (now?.column !== column) return { column, direction: "ascending" };
  return now.direction === "ascending" ? { column, direction: "descending" } : undefined;
}

/** Sorts as people of the language do, numbers by their size; rows without a value are last. */
export function sortRows<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => string | number | undefined,
  direction: "ascending" | "descending",
  language: string,
): readonly Row[] {
  const { compare } = new Intl.Collator(language, { numeric: true });
  const sign = direction === "ascending" ? 1 : -1;
  return rows.toSorted((one, other) => {
    const [first, second] = [valueOf(one), valueOf(other)];
    if (first === undefined || second === undefined)
      return Number(first === undefined) - Number(second === undefined);
    return sign * compare(String(first), String(second));
  });
}
