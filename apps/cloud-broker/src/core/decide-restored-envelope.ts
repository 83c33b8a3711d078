export type EnvelopeVersion = { readonly env: string; readonly generation: number };

export type RestoredEnvelope =
  /**
   * `isUnknown`: the database never had it, so it lost a rekeying, and the envelope's key is a
   * generated one.
   */
  | { readonly kind: "restore"; readonly generation: number; readonly isUnknown: boolean }
  | { readonly kind: "nothing-missing" };

/**
 * Decides how a database that is older than a node's envelope takes it back. The generation rises
 * above every stored one, so that the node accepts the broker's next envelope; a wrong envelope can
 * be replaced by the right one in the same way.
 *
 * @param history - every envelope of the node in the database, the one in force last
 */
export function decideRestoredEnvelope(
  told: EnvelopeVersion,
  history: readonly [...EnvelopeVersion[], EnvelopeVersion],
): RestoredEnvelope {
  const current = history[history.length - 1] ?? told;
  const isUnknown = history.every(({ env }) => env !== told.env);
  if (told.env === current.env && told.generation <= current.generation)
    return { kind: "nothing-missing" };
  const generation = Math.max(told.generation, current.generation + 1);
  return { kind: "restore", generation, isUnknown };
}
