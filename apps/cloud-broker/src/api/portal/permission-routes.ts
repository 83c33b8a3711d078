import type { HasAccess } from "../../callers/has-access.ts";
import { ACTIONS } from "../../core/actions.ts";
import { orderIdOf } from "../../core/order.ts";
import type { Route } from "../../http/route.ts";

const SUBSCRIPTION = "/portal/api/permissions/subscriptions/:subscriptionId";
const ORDER = `${SUBSCRIPTION}/resourceGroups/:resourceGroup/providers/Microsoft.DataBox/jobs/:jobName`;

/**
 * Tells a page which actions the roles of its person allow on an order, or on everything in a subscription, so that it
 * offers no command that would be refused. It decides nothing: each call is checked again.
 */
export function createPermissionRoutes(hasAccess: HasAccess): readonly Route[] {
  return [SUBSCRIPTION, ORDER].map((path) => ({
    method: "GET",
    path,
    authentication: "session",
    reads: "nothing",
    handle: async ({ caller, parameters }) => {
      const { subscriptionId = "", resourceGroup = "", jobName } = parameters;
      const scope =
        jobName === undefined
          ? `/subscriptions/${subscriptionId}`
          : orderIdOf({ subscriptionId, resourceGroup, name: jobName });
      const actions: string[] = [];
      for (const action of ACTIONS)
        if (await hasAccess(caller, action, scope)) actions.push(action);
      return { status: 200, body: { json: { actions } } };
    },
  }));
}
