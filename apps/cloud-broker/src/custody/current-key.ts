import type { AttachedIdentity, KeyChoice, OrderId } from "../core/order.ts";
import {
  keyChoiceOf,
  NAMED_IDENTITY,
  namedIdentity,
  ofNamedIdentity,
} from "../store/key-choice-columns.ts";
import type { Store } from "../store/store.ts";

/**
 * An order's committed key. `revision` is the compare-and-swap of everything that depends on it.
 */
export type CurrentKey = {
  readonly order: OrderId;
  readonly location: string;
  readonly choice: KeyChoice;
  readonly revision: number;
  /** The identity that the choice names, if it is attached. */
  readonly identities: readonly AttachedIdentity[];
};

/**
 * One statement, so that key and identity are of the same moment: a mixture could cause a wrong
 * refusal.
 */
export async function loadCurrentKey(
  store: Store,
  order: OrderId,
): Promise<CurrentKey | undefined> {
  const row = await selectCurrentKey(store, order).executeTakeFirst();
  return row === undefined ? undefined : currentKeyOf(order, row);
}

/** A joined query that callers can extend by other facts of the same moment. */
export function selectCurrentKey(store: Store, order: OrderId) {
  return store
    .selectFrom("order_keys")
    .innerJoin("orders", "orders.id", "order_keys.order_id")
    .leftJoin("order_identities", ofNamedIdentity("order_keys"))
    .select([
      "orders.location",
      "order_keys.kek_type",
      "order_keys.kek_url",
      "order_keys.kek_vault_resource_id",
      "order_keys.identity_type",
      "order_keys.identity_resource_id",
      "order_keys.revision",
      ...NAMED_IDENTITY,
    ])
    .where("order_keys.order_id", "=", order);
}

type CurrentKeyRow = Awaited<
  ReturnType<ReturnType<typeof selectCurrentKey>["executeTakeFirstOrThrow"]>
>;

export function currentKeyOf(order: OrderId, row: CurrentKeyRow): CurrentKey {
  const { location, revision } = row;
  return { order, location, choice: keyChoiceOf(row), revision, identities: namedIdentity(row) };
}
