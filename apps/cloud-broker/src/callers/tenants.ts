import { AppError } from "@databox-cmk/errors";
import { asciiLowerCase, isIdentifier, isSameIdentifier } from "@databox-cmk/protocol";

import { hasOrder } from "../audit/former-chains.ts";
import { type Auditing, type AuditedAction, record } from "../audit/record.ts";
import { failed } from "../core/failed.ts";
import { invalidMember } from "../core/failure-error.ts";
import { isFresh } from "../core/is-fresh.ts";
import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import { type EpochMs, idsBelow, type OrderId, subscriptionOf } from "../core/order.ts";
import type { Clock, IdentityDirectory } from "../core/ports.ts";
import { remember } from "../core/remember.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import type { RoleReader } from "./held-roles.ts";

/** How long the callers of a tenant that was just disconnected may still be let in. */
const KEPT_MS = 5_000;
/**
 * How long the callers of a new tenant wait. Until then every replica knows that there are tenants,
 * and former programs, which do not, are out of service.
 */
const NEW_MS = 60_000;
/** Subscriptions whose tenant is kept for `KEPT_MS`. */
const MAX_KEPT = 10_000;

/** Ids of the connected tenants, lower case, without the service's own. */
export type ReadConnected = () => Promise<ReadonlySet<string>>;

/** A token that proves nothing yet must not cost a query, so the ids are kept for a moment. */
export function createReadConnected(store: Store, now: Clock): ReadConnected {
  return remember(now, KEPT_MS, async (nowMs) => {
    const rows = await store
      .selectFrom("tenants")
      .select("id")
      .where("state", "=", "connected")
      .where("since_ms", "<=", nowMs - NEW_MS)
      .execute();
    return new Set(rows.map(({ id }) => id));
  });
}

/** It is not proven yet whose a subscription is, so that an app role does not count in it. */
export const UNPROVEN = "";

/**
 * The tenant of a subscription; undefined: the service's own, which it is by a record, or because
 * it has orders without one. `UNPROVEN`: neither is there, and there are other tenants.
 */
export type TenantOf = (subscriptionId: string) => Promise<string | undefined>;

/**
 * Makes no query while no tenant was ever connected, which is looked up now and then. A database
 * that does not answer changes nothing until callers of a new tenant may be let in.
 */
export function createTenantOf(store: Store, home: string, now: Clock): TenantOf {
  let hasTenants = false;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  const look = remember(now, KEPT_MS, async (nowMs) => {
    try {
      const row = await store.selectFrom("tenants").select("id").limit(1).executeTakeFirst();
      hasTenants = row !== undefined;
      lookedAtMs = nowMs;
    } catch (error) {
      if (!isFresh(now(), lookedAtMs, NEW_MS - KEPT_MS)) throw error;
    }
  });
  type Kept = { readonly tenantId: string | undefined; readonly atMs: EpochMs };
  const kept = new LeastRecentlyUsed<string, Kept>(MAX_KEPT);
  return async (subscriptionId) => {
    if (!hasTenants) await look();
    // PostgreSQL cannot be asked for every text that a path can hold.
    if (!hasTenants || !isIdentifier("subscriptionId", subscriptionId)) return undefined;
    const id = asciiLowerCase(subscriptionId);
    const known = kept.get(id);
    const atMs = now();
    if (known !== undefined && isFresh(atMs, known.atMs, KEPT_MS)) return known.tenantId;
    const recorded =
      (await readTenantOf(store, id)) ?? ((await hadOrders(store, id)) ? home : UNPROVEN);
    const tenantId = isSameIdentifier(recorded, home) ? undefined : recorded;
    // A proof counts at once.
    if (tenantId !== UNPROVEN) kept.set(id, { tenantId, atMs });
    return tenantId;
  };
}

/** The customer whose share of the broker an order uses. */
export type CustomerOf = (order: OrderId) => Promise<string>;

/**
 * A tenant is one customer, however many subscriptions it has. In the service's own tenant, each
 * subscription is one.
 */
export function createCustomerOf(tenantOf: TenantOf): CustomerOf {
  return async (order) => {
    const subscriptionId = subscriptionOf(order);
    const tenantId = await tenantOf(subscriptionId);
    return tenantId === undefined || tenantId === UNPROVEN
      ? `subscription ${subscriptionId}`
      : `tenant ${tenantId}`;
  };
}

/** @returns the recorded tenant; undefined: the service's own, if the subscription has orders */
export async function readTenantOf(
  store: Store,
  subscriptionId: string,
): Promise<string | undefined> {
  const row = await store
    .selectFrom("subscription_tenants")
    .select("tenant_id")
    .where("subscription_id", "=", asciiLowerCase(subscriptionId))
    .executeTakeFirst();
  return row?.tenant_id;
}

async function hadOrders(store: Store, subscriptionId: string): Promise<boolean> {
  const below = idsBelow(`/subscriptions/${subscriptionId}`);
  const order = await store
    .selectFrom("orders")
    .select("id")
    .where("id", ">", below.after)
    .where("id", "<", below.before)
    .limit(1)
    .executeTakeFirst();
  return order !== undefined || hasOrder(store, below);
}

/**
 * Records that a subscription is of a tenant, which a caller's own rights have just proven. It is
 * never recorded again so: one that has history here, or is of another tenant by then, does not
 * move silently. By the operator's word it moves, unless it ever had orders: the next tenant would
 * read their audit rows.
 *
 * @throws {AppError} SubscriptionNotFound for a subscription of another tenant;
 *   InvalidRequestContent for one that cannot move
 */
export async function recordTenantOf(
  deps: Auditing & { readonly now: Clock },
  { subscriptionId, tenantId }: { readonly subscriptionId: string; readonly tenantId: string },
  context: AuditedAction["context"],
  by: "proof" | "operator" = "proof",
): Promise<void> {
  const id = asciiLowerCase(subscriptionId);
  if ((await readTenantOf(deps.store, id)) === tenantId) return;
  const row = {
    subscription_id: id,
    tenant_id: tenantId,
    since_ms: deps.now(),
    recorded_by: context.actor.kind === "caller" ? context.actor.objectId : "",
  };
  const entry = { chain: "broker", action: "tenant/addSubscription", context } as const;
  await record(deps, entry, async (transaction) => {
    // First, so that an order that is being placed is either seen or refused (requireTenantOf).
    const { numInsertedOrUpdatedRows: written } = await transaction
      .insertInto("subscription_tenants")
      .values(row)
      .onConflict((conflict) =>
        by === "operator"
          ? conflict.column("subscription_id").doUpdateSet(row)
          : conflict.doNothing(),
      )
      .executeTakeFirst();
    if (written === 0n && (await readTenantOf(transaction, id)) === tenantId) return undefined;
    if ((by === "proof" && written === 0n) || (await hadOrders(transaction, id)))
      throw by === "proof"
        ? subscriptionNotFound()
        : invalidMember("subscriptionId", "it has or had orders, whose records are its tenant's");
    await forgetFormer(transaction, id);
    return { detail: { subscription: id, tenant: tenantId } };
  });
}

/**
 * Choices of people of the former tenant do not bind the next one. Switches over a subscription are
 * the operator's, and stay.
 */
async function forgetFormer(transaction: StoreTransaction, id: string): Promise<void> {
  for (const table of ["custody_policies", "notice_choices"] as const)
    await transaction.deleteFrom(table).where("subscription_id", "=", id).execute();
}

/**
 * Holds the record until the commit: a subscription that gets an order does not move meanwhile, and
 * may have moved since its caller was let in.
 *
 * @throws {AppError} SubscriptionNotFound
 */
export async function requireTenantOf(
  transaction: StoreTransaction,
  subscriptionId: string,
  tenantId: string,
  home: string,
): Promise<void> {
  const row = await transaction
    .updateTable("subscription_tenants")
    .set((each) => ({ tenant_id: each.ref("tenant_id") }))
    .where("subscription_id", "=", subscriptionId)
    .returning("tenant_id")
    .executeTakeFirst();
  if (!isSameIdentifier(row?.tenant_id ?? home, tenantId)) throw subscriptionNotFound();
}

/** The same for a subscription of another tenant and for one that does not exist. */
export const subscriptionNotFound = () =>
  new AppError("SubscriptionNotFound", { target: "subscriptionId" });

/** The broker's own rights say nothing about a subscription of another tenant. */
export function rolesWithin(tenantOf: TenantOf, reader: RoleReader): RoleReader {
  return {
    async roleAssignments(principalId, scope) {
      const [, , subscriptionId = ""] = scope.split("/");
      const tenantId = await tenantOf(subscriptionId);
      return tenantId === undefined || tenantId === UNPROVEN
        ? reader.roleAssignments(principalId, scope)
        : { ok: true, value: [] };
    },
  };
}

const foreign = (tenantId: string, detail: string) =>
  failed({
    code: "SsemUserErrorCrossTenantIdentityAccessForbidden",
    target: "identity",
    detail,
    facts: { tenantId },
  });

/**
 * An order of another tenant has only identities of that tenant, which its own caller can read. The
 * service makes none there, and never uses its own rights for such an order.
 */
export function identitiesWithin(
  store: Store,
  home: string,
  directory: IdentityDirectory,
): IdentityDirectory {
  const otherOf = async (order: OrderId): Promise<string | undefined> => {
    const tenantId = (await readTenantOf(store, subscriptionOf(order))) ?? home;
    return isSameIdentifier(tenantId, home) ? undefined : tenantId;
  };
  return {
    async createSystemAssigned(order, ...where) {
      const tenantId = await otherOf(order);
      return tenantId === undefined
        ? directory.createSystemAssigned(order, ...where)
        : foreign(tenantId, "a system-assigned identity would be of the service's tenant");
    },
    deleteSystemAssigned: (...identity) => directory.deleteSystemAssigned(...identity),
    async attachUserAssigned(order, resourceId, own) {
      const tenantId = await otherOf(order);
      if (tenantId === undefined) return directory.attachUserAssigned(order, resourceId);
      if (own?.tenantId !== tenantId)
        return foreign(tenantId, "only a caller of the order's tenant can attach an identity");
      const found = await own.userAssignedIdentity(resourceId);
      return found.ok && !isSameIdentifier(found.value.tenantId, tenantId)
        ? foreign(tenantId, "the identity is of another tenant")
        : found;
    },
  };
}
