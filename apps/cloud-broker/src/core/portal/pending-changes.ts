import type { ChangeKind } from "./changes.ts";

/** More orders than that in one breath: the page reads again whatever it shows. */
const ORDERS_MAX = 100;

export type PendingChange =
  | { readonly kind: "order"; readonly id: string; readonly what: readonly ChangeKind[] }
  | { readonly kind: "many" };

/** What a page has not been told yet. However slow it reads, this stays small. */
export type PendingChanges = {
  add(id: string, what: Iterable<ChangeKind>): void;
  addMany(): void;
  /** Everything so far; afterwards there is nothing. */
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
