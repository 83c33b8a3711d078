/** The parts of an order that a page may have to read again. */
export type ChangeKind = "lock" | "health" | "stage" | "approval" | "policy" | "activity";

/**
 * Start of an audit row's action → the parts that it changed besides the activity. The first match
 * counts; an action without a row here appears in the activity only.
 */
const CHANGES: readonly (readonly [start: string, kinds: readonly ChangeKind[]])[] = [
  ["order/breakGlass", ["approval", "lock"]],
  ["order/revoke", ["lock"]],
  ["order/restoreAccess", ["lock"]],
  ["order/listCredentials", []],
  ["order/prepare", ["stage", "lock"]],
  ["order/update", ["stage", "health"]],
  ["order/create", ["stage", "health"]],
  ["order/erase", ["stage", "lock"]],
  ["order/", ["stage"]],
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
