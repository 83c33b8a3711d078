import type { RecordKind, RecordTypes } from "../core/model.ts";

/**
 * Everything that the emulated cloud remembers. Reads come from memory and cost nothing; a write is
 * durable when the call returns (or, inside `transaction`, when that returns). Records are
 * immutable: write a changed copy.
 *
 * ```ts
 * // The key is derived by RECORD_KEYS, in any case.
 * const vault = state.get("vault", "contoso");
 * // Inserts or replaces; the key is derived from the record.
 * state.put("vault", { ...vault, tags });
 * // Lists all, or those whose key starts with the prefix; sorted by key.
 * for (const key of state.list("key", "contoso/")) …
 * // Commits all or nothing; synchronous.
 * state.transaction(() => { state.delete("key", …); … });
 * ```
 */
export type EmulatorState = Disposable & {
  get<K extends RecordKind>(kind: K, key: string): RecordTypes[K] | undefined;
  put<K extends RecordKind>(kind: K, record: RecordTypes[K]): void;
  /** Deleting a missing record is allowed. */
  delete(kind: RecordKind, key: string): void;
  list<K extends RecordKind>(kind: K, keyPrefix?: string): RecordTypes[K][];
  transaction<T>(work: () => T): T;
};
