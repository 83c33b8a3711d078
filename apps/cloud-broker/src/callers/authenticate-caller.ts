import { AppError, withoutUndefined } from "@databox-cmk/errors";

import type { AppendAudit } from "../audit/append-audit.ts";
import { note } from "../audit/record.ts";
import type { UnauthenticatedRows } from "../audit/unauthenticated-rows.ts";
import type { Action } from "../core/actions.ts";
import {
  EVENT_DELIVERY_APP_ROLE,
  EVENT_GRID_APPLICATION,
  OPERATOR_APP_ROLE,
} from "../core/permissions.ts";
import type { Actor, CallerResources, Clock } from "../core/ports.ts";
import type { AuthenticateCaller, Caller, IdentifySession, RouteRequest } from "../http/route.ts";
import type { Store } from "../store/store.ts";
import type { HasAccess } from "./has-access.ts";
import { recordTenantOf } from "./tenants.ts";
import type { VerifyToken } from "./verify-token.ts";

export type CallerDependencies = {
  readonly verifyToken: VerifyToken;
  /** Identifies the person behind a portal page; absent: no route is `by: "session"`. */
  readonly identify?: IdentifySession | undefined;
  /** Verifies tokens of event deliveries; absent: none is accepted. */
  readonly verifyEventToken?: VerifyToken | undefined;
  readonly hasAccess: HasAccess;
  /** Tenant of the service and of its callers. */
  readonly tenantId: string;
  readonly store: Store;
  readonly appendAudit: AppendAudit;
  readonly unauthenticatedRows: Pick<UnauthenticatedRows, "admitOf">;
  readonly now: Clock;
};

/**
 * Authenticates and authorises a caller. Without a role that has the action the request is refused,
 * and every refusal is an audit row.
 */
export function createAuthenticateCaller(dependencies: CallerDependencies): AuthenticateCaller {
  return async (request, route) => {
    const scope = scopeOf(request);
    if (route.authentication === "event-delivery") {
      const sender = await verifyDelivery(dependencies, request);
      if (isEventGrid(sender)) return sender;
      throw await refuse(dependencies, contextOf(sender, request), route.action, {
        scope,
        appRole: EVENT_DELIVERY_APP_ROLE,
      });
    }
    const caller = await callerOf(dependencies, request, route);
    if (route.authentication === "operator") {
      if (!caller.roles.includes(OPERATOR_APP_ROLE))
        throw await refuse(dependencies, contextOf(caller, request), route.action, {
          scope,
          appRole: OPERATOR_APP_ROLE,
        });
      return caller;
    }
    const context = contextOf(caller, request);
    if (!(await dependencies.hasAccess(caller, route.action, scope)))
      throw await refuse(dependencies, context, route.action, { scope });
    const { subscriptionId } = request.parameters;
    if (caller.own !== undefined && subscriptionId !== undefined) {
      const { tenantId } = caller.own;
      await recordTenantOf(dependencies, { subscriptionId, tenantId }, context);
    }
    return caller;
  };
}

/**
 * Exactly one of the two: a header never authenticates a page's request, and a cookie never
 * authenticates a client's.
 */
async function callerOf(
  { verifyToken, identify }: Pick<CallerDependencies, "verifyToken" | "identify">,
  request: RouteRequest,
  { by }: Parameters<AuthenticateCaller>[1],
): Promise<Caller> {
  if (by !== "session") return verifyToken(request.header("authorization"));
  if (identify === undefined) throw new TypeError("no portal is served");
  return (await identify(request)).caller;
}

async function verifyDelivery(
  { verifyEventToken }: Pick<CallerDependencies, "verifyEventToken">,
  request: RouteRequest,
): Promise<Caller> {
  if (verifyEventToken === undefined)
    throw new AppError("AuthenticationFailed", {
      reason: "wrong-audience",
      detail: "no audience of event deliveries is configured (EVENT_GRID_AUDIENCE)",
    });
  return verifyEventToken(request.header("authorization"));
}

/**
 * "Deliver events to Microsoft Entra protected endpoints": Event Grid itself must hold the role.
 * The subscription's writer holds it too, so the role alone does not identify the sender.
 */
function isEventGrid({ applicationId, roles }: Caller): boolean {
  return applicationId === EVENT_GRID_APPLICATION && roles.includes(EVENT_DELIVERY_APP_ROLE);
}

const contextOf = ({ objectId, name, own }: Caller, { address, requestId }: RouteRequest) => ({
  actor: { kind: "caller", objectId, name, address } as const,
  own,
  correlationId: requestId,
});

/** Records that a caller lacks a right. @returns the error to throw */
export async function refuse(
  dependencies: Pick<
    CallerDependencies,
    "store" | "appendAudit" | "tenantId" | "unauthenticatedRows"
  >,
  context: {
    readonly actor: Extract<Actor, { kind: "caller" }>;
    readonly own?: CallerResources | undefined;
    readonly correlationId: string;
  },
  action: Action,
  { scope, appRole }: { readonly scope: string; readonly appRole?: string },
): Promise<AppError> {
  const { objectId, name } = context.actor;
  const other = context.own?.tenantId;
  const tenantId = other ?? dependencies.tenantId;
  if (other === undefined || dependencies.unauthenticatedRows.admitOf(other))
    await note(
      dependencies,
      { chain: "broker", action: "caller/authorise", context },
      {
        outcome: "refused",
        code: "AuthorizationFailed",
        detail: { action, scope, tenant: other },
      },
    );
  if (appRole !== undefined)
    return new AppError("AuthorizationFailed", {
      reason: "app-role",
      target: scope,
      detail: `the client ${name} with object id ${objectId} has no app role ${appRole}, which the action ${action} needs`,
      facts: { principalId: objectId, tenantId, appRole },
    });
  return new AppError("AuthorizationFailed", {
    target: scope,
    detail: `the client ${name} with object id ${objectId} has no role with the action ${action} over scope ${scope}`,
    facts: {
      principalId: objectId,
      tenantId,
      // A role on a group or a subscription is assigned by the same command.
      ...withoutUndefined({ orderId: scope === "/" ? undefined : scope }),
    },
  });
}

/** The scope in the path: an order, a group, a subscription, or the tenant. */
function scopeOf({ parameters }: RouteRequest): string {
  const { subscriptionId, resourceGroup, jobName } = parameters;
  if (subscriptionId === undefined) return "/";
  const subscription = `/subscriptions/${subscriptionId}`;
  if (resourceGroup === undefined) return subscription;
  const group = `${subscription}/resourceGroups/${resourceGroup}`;
  return jobName === undefined ? group : `${group}/providers/Microsoft.DataBox/jobs/${jobName}`;
}
