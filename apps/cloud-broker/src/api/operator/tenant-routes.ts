import {
  asciiLowerCase,
  describeIdentifier,
  isIdentifier,
  isSameIdentifier,
  TENANT_CALLS,
  type TenantView,
} from "@databox-cmk/protocol";

import { type AuditedAction, record } from "../../audit/record.ts";
import { recordTenantOf } from "../../callers/tenants.ts";
import { invalidMember } from "../../core/failure-error.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { CallerRequest, Route } from "../../http/route.ts";
import type { Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import { requireFeature } from "../../store/require-feature.ts";
import type { BrokerTables } from "../../store/schema.ts";
import { operator } from "../arm/arm-route.ts";

type TenantRow = Pick<BrokerTables["tenants"], (typeof COLUMNS)[number]>;
const COLUMNS = ["id", "name", "state", "changed_at_ms", "changed_by"] as const;

/** Tenants of customers: deny by default, and no restart. */
export function createTenantRoutes(deps: Changing & Plane<"settings">): readonly Route[] {
  const { store, now, settings } = deps;

  function otherOf(request: CallerRequest): string {
    const tenantId = idOf(request, "tenantId");
    if (isSameIdentifier(tenantId, settings.tenantId))
      throw invalidMember("tenantId", "the service's own tenant is always connected");
    return tenantId;
  }
  const find = (id: string) =>
    store.selectFrom("tenants").select(COLUMNS).where("id", "=", id).executeTakeFirst();
  const changed = (state: TenantRow["state"], { by }: RequestContext) => ({
    state,
    changed_at_ms: now(),
    changed_by: by,
  });

  return [
    operator.route(TENANT_CALLS.list, {
      action: "Microsoft.DataBox/operator/tenants/read",
      summary: "Lists the connected and disconnected tenants of customers",
      handle: async () => {
        const rows = await store.selectFrom("tenants").select(COLUMNS).orderBy("id").execute();
        return { json: { value: rows.map(render) } };
      },
    }),
    operator.bodyRoute(TENANT_CALLS.connect, {
      action: "Microsoft.DataBox/operator/tenants/write",
      summary: "Lets callers of a customer's tenant in, for subscriptions of that tenant",
      handle: async (request) => {
        const { name } = request.body;
        const id = otherOf(request);
        const values = { name, ...changed("connected", request.context) };
        await record(deps, entryOf("tenant/connect", request.context), async (transaction) => {
          await requireFeature(transaction, "tenants");
          await transaction
            .insertInto("tenants")
            .values({ id, since_ms: values.changed_at_ms, ...values })
            .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
            .execute();
          return { detail: { tenant: id, name } };
        });
        return { json: render({ id, ...values }) };
      },
    }),
    operator.route(TENANT_CALLS.disconnect, {
      action: "Microsoft.DataBox/operator/tenants/delete",
      summary: "Refuses all callers of a customer's tenant; its orders and appliances go on",
      handle: async (request) => {
        const id = otherOf(request);
        const values = changed("disconnected", request.context);
        await record(deps, entryOf("tenant/disconnect", request.context), async (transaction) => {
          const { numUpdatedRows } = await transaction
            .updateTable("tenants")
            .set(values)
            .where("id", "=", id)
            .where("state", "=", "connected")
            .executeTakeFirst();
          return numUpdatedRows === 0n ? undefined : { detail: { tenant: id } };
        });
        const row = await find(id);
        return row === undefined ? { status: 204 } : { json: render(row) };
      },
    }),
    operator.route(TENANT_CALLS.addSubscription, {
      action: "Microsoft.DataBox/operator/tenants/subscriptions/write",
      summary: "Says whose a subscription is that has no orders, also if it was another tenant's",
      handle: async (request) => {
        const tenantId = idOf(request, "tenantId");
        const isHome = isSameIdentifier(tenantId, settings.tenantId);
        if (!isHome && (await find(tenantId))?.state !== "connected")
          throw invalidMember("tenantId", "it is not connected");
        const subscriptionId = idOf(request, "subscriptionId");
        const recorded = { subscriptionId, tenantId };
        await recordTenantOf(deps, recorded, request.context, "operator");
        return { status: 204 };
      },
    }),
  ];
}

/** @throws {AppError} InvalidRequestContent */
function idOf({ parameters }: CallerRequest, name: "tenantId" | "subscriptionId"): string {
  const { [name]: id = "" } = parameters;
  if (!isIdentifier(name, id)) throw invalidMember(name, describeIdentifier(name, id));
  return asciiLowerCase(id);
}

const entryOf = (action: AuditedAction["action"], context: RequestContext): AuditedAction => ({
  chain: "broker",
  action,
  context,
});

const render = (row: TenantRow): TenantView => ({
  tenantId: row.id,
  name: row.name,
  state: row.state,
  changedAt: renderTime(row.changed_at_ms),
  changedBy: row.changed_by,
});
