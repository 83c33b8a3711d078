import type { Provenance } from "../core/model.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import type { Caller } from "../entra/access-token.ts";
import type { HttpAnswer, HttpRequest } from "../http/message.ts";
import type { Route, RouteParameters } from "../http/route-table.ts";
import { resourceGroupNotFound, subscriptionNotFound } from "./arm-error.ts";
import { parseScope, resourceGroupId } from "./resource-id.ts";

/** A provider's facts about an authenticated request. */
export type ArmContext = {
  readonly request: HttpRequest;
  /** The parameters of the matched route. */
  readonly parameters: RouteParameters;
  readonly deps: EmulatorDependencies;
  readonly caller: Caller;
  readonly apiVersion: string;
  /** Answers of the broker, to which requests for Microsoft.DataBox are forwarded. */
  readonly dataBox: (request: HttpRequest) => Promise<HttpAnswer>;
};

export type ArmRoute = Omit<Route<undefined>, "handle"> & {
  readonly handle: (context: ArmContext) => Promise<HttpAnswer> | HttpAnswer;
};

/**
 * Checks that the subscription and resource group in a path exist in this tenant; a resource group
 * is checked only if the path has one.
 *
 * @throws ArmError 404 SubscriptionNotFound or ResourceGroupNotFound.
 */
export function requireScope(path: string, deps: Pick<EmulatorDependencies, "state">): void {
  const { subscriptionId, resourceGroup } = parseScope(path);
  if (subscriptionId === undefined) return;
  const subscription = deps.state.get("subscription", subscriptionId);
  if (subscription === undefined) throw subscriptionNotFound(subscriptionId);
  if (resourceGroup === undefined) return;
  const group = deps.state.get("resourceGroup", resourceGroupId(subscriptionId, resourceGroup));
  if (group === undefined) throw resourceGroupNotFound(resourceGroup);
}

export function createdNow(context: Pick<ArmContext, "deps" | "caller">): Provenance {
  const nowMs = context.deps.now();
  return {
    createdBy: context.caller.name,
    createdAtMs: nowMs,
    lastModifiedBy: context.caller.name,
    lastModifiedAtMs: nowMs,
  };
}

export function modifiedNow(
  provenance: Provenance,
  context: Pick<ArmContext, "caller" | "deps">,
): Provenance {
  return {
    ...provenance,
    lastModifiedBy: context.caller.name,
    lastModifiedAtMs: context.deps.now(),
  };
}

/** A parameter that the matched route guarantees. */
export function parameter(context: Pick<ArmContext, "parameters">, name: string): string {
  const value = context.parameters[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}
