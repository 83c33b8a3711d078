import { decideVerdict, type NodeFacts, type VerdictFacts } from "./verdict.ts";

/** A kill switch takes unlocking from an order; `key` is the loss of its key. */
export type Loss = "switch" | "key";

const LOST: Readonly<Record<Loss, (facts: VerdictFacts) => VerdictFacts>> = {
  switch: (facts) => ({ ...facts, switches: [...facts.switches, { code: "UnlockRevoked" }] }),
  key: (facts) =>
    facts.health === undefined || facts.health.state === "unusable"
      ? facts
      : {
          ...facts,
          health: { state: "unusable", code: "SsemUserErrorEncryptionKeyDisabled", facts: {} },
        },
};

/** Serial numbers of the nodes that a loss concerns. */
export type Consequences = {
  readonly closes: string[];
  readonly staysOpen: string[];
  readonly staysLocked: string[];
};

/** `unreached`: open, but no refusal reaches the node before its time ends. */
export type Reach = "open" | "unreached" | "locked";

/**
 * Compares the verdicts of each node without and with a loss: open nodes close, and locked ones can
 * no longer be unlocked. A node that the same thing hinders already loses nothing.
 */
export function decideConsequences(
  facts: VerdictFacts,
  loss: Loss,
  reachOf: (serial: string) => Reach,
): Consequences {
  const lost = LOST[loss](facts);
  const hit = facts.nodes
    .filter((node) => node.deviceKid !== null && isHit(facts, lost, node))
    .map(({ serial }) => serial);
  const those = (reach: Reach) => hit.filter((serial) => reachOf(serial) === reach);
  return { closes: those("open"), staysOpen: those("unreached"), staysLocked: those("locked") };
}

function isHit(before: VerdictFacts, after: VerdictFacts, node: NodeFacts): boolean {
  const codesOf = (facts: VerdictFacts) =>
    decideVerdict({ ...facts, nodes: [node] }).causes.map(({ code }) => code);
  const known = new Set(codesOf(before));
  return codesOf(after).some((code) => !known.has(code));
}
