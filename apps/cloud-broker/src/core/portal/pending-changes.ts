import type { ChangeKind } from "./changes.ts";

/** Above this number of orders at once, the page reads everything that it shows again. */
const ORDERS_MAX = 100;

export type PendingChange =
  | { readonly kind: "order"; readonly id: string; readonly what: readonly ChangeKind[] }
  | { readonly kind: "many" };

/**
 * Changes that a page has not received yet. Their size is bounded, however slowly the page reads.
 */
export type PendingChanges = {
  add(id: string, what: Iterable<ChangeKind>): void;
  addMany(): void;
  /** Takes all changes so far and empties the list. */
  take(): readonly PendingChange[];
  readonly isEmpty: boolean;
};

export function createPendingChanges(): PendingChanges {
  const orders = new Map<string, Set<ChangeKind>>();
  let many = false;
  const changes: PendingChanges = {
    add(id, what) {
      if (many) return;
      const known = orders.get(id) ?? new Set();
      for (const kind of what) known.add(kind);
      orders.set(id, known);
      if (orders.size > ORDERS_MAX) changes.addMany();
    },
    addMany() {
      many = true;
      orders.clear();
    },
    take() {
      const taken: PendingChange[] = many
        ? [{ kind: "many" }]
        : [...orders].map(([id, what]) => ({ kind: "order", id, what: [...what].toSorted() }));
      many = false;
      orders.clear();
      return taken;
    },
    get isEmpty() {
      return !many && orders.size === 0;
    },
  };
  return changes;
}
