import { siblings, type RenewedLease, type Siblings } from "@databox-cmk/protocol";

/** The broker's last statement about the other nodes of the order. */
export type SiblingMemory = {
  /** With the time that has passed since then added to each age. */
  readonly current: Siblings | undefined;
  meet(answer: Pick<RenewedLease, "extensions">): void;
  forget(): void;
};

/** @param changed - called when more than an age differs from the answer before */
export function createSiblingMemory(nowMs: () => number, changed: () => void): SiblingMemory {
  let met: { readonly siblings: Siblings; readonly atMs: number } | undefined;
  return {
    get current() {
      return met && agedBy(met.siblings, (nowMs() - met.atMs) / 1000);
    },
    meet({ extensions }) {
      const parsed = siblings.safeParse(extensions?.["siblings"]);
      if (!parsed.success) return;
      const isNews = withoutAges(met?.siblings) !== withoutAges(parsed.data);
      met = { siblings: parsed.data, atMs: nowMs() };
      // A newer age alone goes to the pages with the next renewal.
      if (isNews) changed();
    },
    forget() {
      met = undefined;
    },
  };
}

/** Siblings, some time after the broker described them. */
function agedBy(described: Siblings, passed: number): Siblings {
  return described.map(({ lastSeenSeconds: seen, ...sibling }) =>
    seen === undefined ? sibling : { ...sibling, lastSeenSeconds: Math.round(seen + passed) },
  );
}

/** Comparable; an age changes with each answer. */
function withoutAges(described: Siblings = []): string {
  return JSON.stringify(
    described.map(({ serial, lock, lastSeenSeconds: seen }) => [serial, lock, seen !== undefined]),
  );
}
