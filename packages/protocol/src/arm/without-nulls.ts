/**
 * Members whose maps give null a meaning of its own: "remove this entry" (ARM, managed identities).
 */
const NULL_HAS_MEANING: ReadonlySet<string> = new Set(["userAssignedIdentities"]);
const MAX_DEPTH = 32;

/**
 * Removes members that are null: ARM clients in several languages write absent members this way.
 * Members deeper than 32 levels stay.
 */
export function withoutNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [
        name,
        NULL_HAS_MEANING.has(name) ? member : withoutNulls(member, depth + 1),
      ]),
  );
}
