/** Highest generation that a header can have; a header that claims more is damaged or forged. */
export const HEADER_GENERATION_MAX = 1_000_000;

/**
 * Compares the generation of a volume's header with the one that the agent remembers. Each rekeying
 * raises both, the header first. An older header comes from a backup: it still holds the key slot
 * that a rekeying removed. A newer header belongs to a state that was lost or restored, or to a run
 * that was killed between the two writes.
 */
export function judgeHeaderGeneration(
  found: number,
  remembered: number,
): "same" | "older" | "newer" {
  if (found === remembered) return "same";
  return found < remembered ? "older" : "newer";
}
