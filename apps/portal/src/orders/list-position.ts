/** The page of a list that its address names; empty: the first one. */
export type ListPosition = {
  /** `$skipToken` of the page. */
  readonly after?: string;
  /** Its number, from 2. */
  readonly page?: number;
};

export function parsePosition({ after, page }: Record<string, unknown>): ListPosition {
  if (typeof after !== "string" || !/^[\w-]{1,1024}$/.test(after)) return {};
  return { after, page: typeof page === "number" && Number.isInteger(page) && page > 2 ? page : 2 };
}

/**
 * Positions of the pages up to the shown one. A reader who came by a link has passed none of them,
 * and the list itself knows only its next page.
 */
export function positionsUpTo(
  passed: readonly string[],
  { after }: ListPosition,
): readonly string[] {
  if (after === undefined) return [];
  const index = passed.indexOf(after);
  return index === -1 ? [after] : passed.slice(0, index + 1);
}

/** The address's part after a move from one page to the page before or after it. */
export function positionAfter(
  from: ListPosition,
  positions: readonly string[],
  moved: readonly string[],
): ListPosition {
  const after = moved.at(-1);
  if (after === undefined) return {};
  return { after, page: (from.page ?? 1) + moved.length - positions.length };
}
