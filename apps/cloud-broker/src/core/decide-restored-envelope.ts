export type EnvelopeVersion = { readonly env: string; readonly generation: number };

export type RestoredEnvelope =
  /** `isUnknown`: the database never had it, so a rekeying was forgotten, and its key is a generated one. */
  | { readonly kind: "restore"; readonly generation: number; readonly isUnknown: boolean }
  | { readonly kind: "nothing-missing" };

/**
 * What a node's own envelope is worth to a database that is older than it. The generation rises above what is held, so that the node
 * takes whatever the broker makes next; and a wrong envelope can be replaced by the right one in the same way.
 *
 * @param history - every envelope of the node that the database knows, the one in force last
 */
export function decideRestoredEnvelope(
  told: EnvelopeVersion,
  history: readonly [...EnvelopeVersion[], EnvelopeVersion],
): RestoredEnvelope {
  const inForce = history[history.length - 1] ?? told;
  const isUnknown = history.every(({ env }) => env !== told.env);
  if (told.env === inForce.env && told.generation <= inForce.generation)
    return { kind: "nothing-missing" };
  const generation = Math.max(told.generation, inForce.generation + 1);
  return { kind: "restore", generation, isUnknown };
}
