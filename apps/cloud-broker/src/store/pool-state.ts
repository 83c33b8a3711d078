import type { Store } from "./store.ts";

/** The connections of one process to its database. */
export type PoolState = {
  readonly open: number;
  readonly idle: number;
  /** Statements and transactions that wait for a connection. */
  readonly waiting: number;
};

const readers = new WeakMap<Store, () => PoolState>();

/** Remembers how to read the state; a store hides its pool. */
export function notePool(store: Store, read: () => PoolState): void {
  readers.set(store, read);
}

/** @returns undefined for SQLite, which has one connection */
export const poolStateOf = (store: Store): PoolState | undefined => readers.get(store)?.();
