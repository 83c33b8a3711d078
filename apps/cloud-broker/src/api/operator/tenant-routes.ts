import {
  asciiLowerCase,
  describeIdentifier,
  isIdentifier,
  isSameIdentifier,
  TENANT_CALLS,
  type TenantView,
} from "@databox-cmk/protocol";

import { record } from "../../audit/record.ts";
import { recordTenantOf } from "../../callers/tenants.ts";
import { invalidMember } from "../../core/failure-error.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { CallerRequest, Route } from "../../http/route.ts";
import type { Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import { requireFeature } from "../../store/require-feature.ts";
import type { BrokerTables } from "../../store/schema.ts";
import { operator } from "../arm/arm-route.ts";

const COLUMNS = ["id", "name", "state", "changed_at_ms", "changed_by"] as const;

/** Tenants of customers: deny by default, and no restart. */
export function createTenantRoutes(deps: Changing & Plane<"settings">): readonly Route[] {
  const { store, now, settings } = deps;
  const select = () => store.selectFrom("tenants").select(COLUMNS);
  const find = (id: string) => select().where("id", "=", id).executeTakeFirst();

  function changeOf(request: CallerRequest & { readonly context: RequestContext }) {
    const id = idOf(request, "tenantId");
    if (isSameIdentifier(id, settings.tenantId))
      throw invalidMember("tenantId", "the service's own tenant is always connected");
    return { id, changed_at_ms: now(), changed_by: request.context.by };
  }

  return [
    operator.route(TENANT_CALLS.list, {
      action: "Microsoft.DataBox/operator/tenants/read",
      summary: "Lists the connected and disconnected tenants of customers",
      handle: async () => {
        const rows = await select().orderBy("id").execute();
        return { json: { value: rows.map(render) } };
      },
    }),
    operator.bodyRoute(TENANT_CALLS.connect, {
      action: "Microsoft.DataBox/operator/tenants/write",
      summary: "Lets callers of a customer's tenant in, for subscriptions of that tenant",
      handle: async (request) => {
        const { body, context } = request;
        const row = { ...changeOf(request), name: body.name, state: "connected" } as const;
        const entry = { chain: "broker", action: "tenant/connect", context } as const;
        await record(deps, entry, async (transaction) => {
          await requireFeature(transaction, "tenants");
          await transaction
            .insertInto("tenants")
            .values({ ...row, since_ms: row.changed_at_ms })
            .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
            .execute();
          return { detail: { tenant: row.id, name: row.name } };
        });
        return { json: render(row) };
      },
    }),
    operator.route(TENANT_CALLS.disconnect, {
      action: "Microsoft.DataBox/operator/tenants/delete",
      summary: "Refuses all callers of a customer's tenant; its orders and appliances go on",
      handle: async (request) => {
        const { context } = request;
        const change = changeOf(request);
        const entry = { chain: "broker", action: "tenant/disconnect", context } as const;
        await record(deps, entry, async (transaction) => {
          const { numUpdatedRows } = await transaction
            .updateTable("tenants")
            .set({ ...change, state: "disconnected" })
            .where("id", "=", change.id)
            .where("state", "=", "connected")
            .executeTakeFirst();
          return numUpdatedRows === 0n ? undefined : { detail: { tenant: change.id } };
        });
        const row = await find(change.id);
        return row === undefined ? { status: 204 } : { json: render(row) };
      },
    }),
    operator.route(TENANT_CALLS.addSubscription, {
      action: "Microsoft.DataBox/operator/tenants/subscriptions/write",
      summary:
        "Says whose a subscription is that never had orders, also if it was another tenant's",
      handle: async (request) => {
        const tenantId = idOf(request, "tenantId");
        const isHome = isSameIdentifier(tenantId, settings.tenantId);
        if (!isHome && (await find(tenantId))?.state !== "connected")
          throw invalidMember("tenantId", "it is not connected");
        const recorded = { subscriptionId: idOf(request, "subscriptionId"), tenantId };
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

const render = (row: Omit<BrokerTables["tenants"], "since_ms">): TenantView => ({
  tenantId: row.id,
  name: row.name,
  state: row.state,
  changedAt: renderTime(row.changed_at_ms),
  changedBy: row.changed_by,
});
