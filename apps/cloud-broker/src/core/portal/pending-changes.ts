import type { AuditAction, AuditFamily } from "@databox-cmk/protocol";

/** The parts of an order that a page may have to read again. */
export type ChangeKind = "lock" | "health" | "stage" | "approval" | "policy" | "activity";

type Start = AuditAction | AuditFamily | `${AuditFamily}/`;

/**
 * Start of an audit row's action → the parts that it changed besides the activity. The first match
 * counts; an action without a row here appears in the activity only.
 */
const CHANGES: readonly (readonly [start: Start, kinds: readonly ChangeKind[]])[] = [
  ["order/breakGlass", ["approval", "lock"]],
  ["order/revoke", ["lock"]],
  ["order/restoreAccess", ["lock"]],
  ["order/listCredentials", []],
  ["order/prepare", ["stage", "lock"]],
  ["order/update", ["stage", "health"]],
  ["order/create", ["stage", "health"]],
  ["order/erase", ["stage", "lock"]],
  ["order/", ["stage"]],
  ["key/uses", []],
  ["key/", ["health"]],
  ["policy/", ["policy"]],
  ["approval", ["approval"]],
  ["enrol", ["lock"]],
  ["unlock", ["lock", "approval"]],
  ["offline-unlock", ["lock", "approval"]],
  ["receipt", ["lock", "stage"]],
  ["renew", ["lock"]],
  ["relock", ["lock"]],
  ["lease-receipt", ["lock"]],
  ["rekey", ["lock", "health"]],
  ["erasure", ["stage", "lock"]],
];

export function changesOf(action: string): readonly ChangeKind[] {
  const row = CHANGES.find(([start]) => action.startsWith(start));
  return ["activity", ...(row?.[1] ?? [])];
}

/** Above this number of orders at once, the page reads everything that it shows again. */
const ORDERS_MAX = 100;

export type PendingChange =
  | { readonly kind: "order"; readonly id: string; readonly what: readonly ChangeKind[] }
  | { readonly kind: "many" };

export type PendingChanges = ReturnType<typeof createPendingChanges>;

/**
 * Changes that a page has not received yet. Their size is bounded, however slowly the page reads.
 */
export function createPendingChanges() {
  const orders = new Map<string, Set<ChangeKind>>();
  let many = false;
  const addMany = (): void => {
    many = true;
    orders.clear();
  };
  return {
    add(id: string, what: Iterable<ChangeKind>) {
      if (many) return;
      const known = orders.get(id) ?? new Set();
      for (const kind of what) known.add(kind);
      orders.set(id, known);
      if (orders.size > ORDERS_MAX) addMany();
    },
    addMany,
    /** Takes all changes so far and empties the list. */
    take(): readonly PendingChange[] {
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
}
