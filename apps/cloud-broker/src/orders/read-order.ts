import type { Selectable } from "kysely";

import { type AttachedIdentity, idsBelow, type OrderId } from "../core/order.ts";
import { compileOnce } from "../store/fast/compile-once.ts";
import { hideInteger, hideText } from "../store/fast/hide-value.ts";
import { fromJson } from "../store/json-column.ts";
import { keyChoiceOf } from "../store/key-choice-columns.ts";
import type { BrokerTables } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import type { Order } from "./order.ts";

type OrderRow = Selectable<BrokerTables["orders"]>;
type ListedRow = Pick<OrderRow, (typeof LISTED_COLUMNS)[number]>;
type IdentityRow = Pick<
  Selectable<BrokerTables["order_identities"]>,
  (typeof IDENTITY_COLUMNS)[number]
>;

/** The columns of a list: without the details, which would be read and parsed for nothing. */
const LISTED_COLUMNS = [
  "id",
  "subscription_id",
  "resource_group",
  "name",
  "location",
  "sku",
  "transfer_type",
  "tags_json",
  "state_json",
  "stage",
  "stage_status",
  "cancellation_reason",
  "identity_epoch",
  "revision",
  "created_at_ms",
  "created_by",
  "updated_at_ms",
  "updated_by",
] as const satisfies readonly (keyof OrderRow)[];
const ORDER_COLUMNS = [...LISTED_COLUMNS, "details_json"] as const;
const KEY_COLUMNS = [
  "order_keys.kek_type",
  "order_keys.kek_url",
  "order_keys.kek_vault_resource_id",
  "order_keys.identity_type",
  "order_keys.identity_resource_id",
] as const;
const IDENTITY_COLUMNS = [
  "order_id",
  "kind",
  "resource_id",
  "tenant_id",
  "client_id",
  "principal_id",
] as const satisfies readonly (keyof BrokerTables["order_identities"])[];

const selectOrder = compileOnce((store, { id }: { id: OrderId }) =>
  store
    .selectFrom("orders")
    .leftJoin("order_keys", "order_keys.order_id", "orders.id")
    .select(ORDER_COLUMNS.map((column) => `orders.${column}` as const))
    .select(KEY_COLUMNS)
    .where("orders.id", "=", id),
);
/** Identities of the orders from one id to another. */
const selectIdentities = compileOnce((store, { from, to }: { from: OrderId; to: OrderId }) =>
  store
    .selectFrom("order_identities")
    .select(IDENTITY_COLUMNS)
    .where("order_id", ">=", hideText(from))
    .where("order_id", "<=", hideText(to))
    .orderBy("order_id")
    .orderBy("resource_id"),
);
const selectStages = compileOnce((store, { id }: { id: OrderId }) =>
  store
    .selectFrom("order_stages")
    .select(["stage", "status", "entered_at_ms"])
    .where("order_id", "=", id)
    .orderBy("entered_at_ms"),
);

export async function readOrder(store: Store, id: OrderId): Promise<Order | undefined> {
  const [row] = await selectOrder(store, { id });
  if (row === undefined) return undefined;
  const identities = await selectIdentities(store, { from: id, to: id });
  const stages = await selectStages(store, { id });
  return {
    ...listedOrderOf(row, identities),
    details: fromJson(row.details_json),
    stages: stages.map(({ entered_at_ms: enteredAtMs, ...stage }) => ({ ...stage, enteredAtMs })),
    key: keyChoiceOf(row),
  };
}

/** Orders of a subscription or a group of it; `all` is every customer's, for the operator only. */
export type OrderScope =
  | { readonly subscriptionId: string; readonly resourceGroup?: string }
  | "all";

/** An order without the members that lists do not show. */
export type ListedOrder = Omit<Order, "details" | "stages" | "key">;

/** A listed order with the customer's own part of the details. */
export type DetailedOrder = ListedOrder & Pick<Order, "details" | "key">;

type Page = { readonly after: OrderId; readonly before: OrderId; readonly limit: number };

const selectPage = compileOnce((store, page: Page) =>
  store
    .selectFrom("orders")
    .select(LISTED_COLUMNS)
    .where("id", ">", hideText(page.after))
    .where("id", "<", hideText(page.before))
    .orderBy("id")
    .limit(hideInteger(page.limit)),
);

const selectDetailedPage = compileOnce((store, page: Page) =>
  store
    .selectFrom("orders")
    // PostgreSQL merges both tables by id. Without a bound of its own, it reads all keys that come
    // before the page.
    .leftJoin("order_keys", (join) =>
      join
        .onRef("order_keys.order_id", "=", "orders.id")
        .on("order_keys.order_id", ">", hideText(page.after)),
    )
    .select(ORDER_COLUMNS.map((column) => `orders.${column}` as const))
    .select(KEY_COLUMNS)
    .where("orders.id", ">", hideText(page.after))
    .where("orders.id", "<", hideText(page.before))
    .orderBy("orders.id")
    .limit(hideInteger(page.limit)),
);

/**
 * A page of orders by id, which is also the order of resource groups and names; `after` is the last
 * id of the previous page.
 */
export async function readOrderPage(
  store: Store,
  scope: OrderScope,
  after: OrderId | undefined,
  limit: number,
): Promise<readonly ListedOrder[]> {
  const scoped = idsIn(scope);
  const rows = await selectPage(store, { ...scoped, after: after ?? scoped.after, limit });
  const identitiesOf = await readIdentities(store, rows);
  return rows.map((row) => listedOrderOf(row, identitiesOf(row.id)));
}

/** Like `readOrderPage`, with the customer's own part of the details. */
export async function readDetailedPage(
  store: Store,
  scope: OrderScope,
  after: OrderId | undefined,
  limit: number,
): Promise<readonly DetailedOrder[]> {
  const scoped = idsIn(scope);
  const rows = await selectDetailedPage(store, { ...scoped, after: after ?? scoped.after, limit });
  const identitiesOf = await readIdentities(store, rows);
  return rows.map((row) => ({
    ...listedOrderOf(row, identitiesOf(row.id)),
    details: fromJson(row.details_json),
    key: keyChoiceOf(row),
  }));
}

/** Identities of a page, which is ordered by id. */
async function readIdentities(
  store: Store,
  rows: readonly { readonly id: OrderId }[],
): Promise<(id: OrderId) => readonly IdentityRow[]> {
  const from = rows.at(0)?.id;
  const to = rows.at(-1)?.id;
  const identities =
    from === undefined || to === undefined ? [] : await selectIdentities(store, { from, to });
  const byOrder = Map.groupBy(identities, (identity) => identity.order_id);
  return (id) => byOrder.get(id) ?? [];
}

/** Bounds of the ids of a scope. */
export function idsIn(scope: OrderScope): ReturnType<typeof idsBelow> {
  if (scope === "all") return idsBelow("/subscriptions");
  const { subscriptionId, resourceGroup } = scope;
  const subscription = `/subscriptions/${subscriptionId}`;
  return idsBelow(
    (resourceGroup === undefined
      ? subscription
      : `${subscription}/resourceGroups/${resourceGroup}`
    ).toLowerCase(),
  );
}

function listedOrderOf(row: ListedRow, identities: readonly IdentityRow[]): ListedOrder {
  return {
    id: row.id,
    name: {
      subscriptionId: row.subscription_id,
      resourceGroup: row.resource_group,
      name: row.name,
    },
    location: row.location,
    skuName: row.sku,
    transferType: row.transfer_type,
    tags: fromJson(row.tags_json),
    state: fromJson(row.state_json),
    stage: row.stage,
    stageStatus: row.stage_status,
    cancellationReason: row.cancellation_reason ?? undefined,
    identities: identities.map((identity) => identityOf(identity)),
    identityEpoch: row.identity_epoch,
    revision: row.revision,
    createdAtMs: row.created_at_ms,
    createdBy: row.created_by,
    updatedAtMs: row.updated_at_ms,
    updatedBy: row.updated_by,
  };
}

export const identityOf = (row: Omit<IdentityRow, "order_id">): AttachedIdentity => ({
  kind: row.kind,
  resourceId: row.resource_id,
  tenantId: row.tenant_id,
  clientId: row.client_id,
  principalId: row.principal_id,
});
