import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { badRequest } from "../arm-error.ts";
import { isWithin, parseScope } from "../resource-id.ts";
import { listJobs } from "../subscriptions/list-jobs.ts";
import { IDENTITIES } from "./identity-routes.ts";

/** `az identity list-resources`: the orders that have the identity. Nothing else here can. */
export const associatedResourceRoutes: readonly ArmRoute[] = [
  row("POST", `${IDENTITIES.path}/listAssociatedResources`, listAssociated),
];

async function listAssociated(context: ArmContext): Promise<HttpAnswer> {
  const identity = IDENTITIES.require(context);
  const subscriptionId = parameter(context, "subscription");
  const scope = `/subscriptions/${subscriptionId}`;
  const skip = readCount(context.request, "$skip") ?? 0;
  const top = readCount(context.request, "$top");
  const jobs = (await listJobs(scope, context)).filter(({ identityIds }) =>
    identityIds.some((id) => isSame(id, identity.id)),
  );
  const subscription = context.deps.state.get("subscription", subscriptionId);
  const value = jobs.slice(skip, top === undefined ? undefined : skip + top).map((job) => ({
    id: job.id,
    name: job.name,
    type: job.type.toLowerCase(),
    resourceGroup: parseScope(job.id).resourceGroup?.toLowerCase(),
    subscriptionId,
    subscriptionDisplayName: subscription?.displayName,
  }));
  return { status: 200, body: { totalCount: jobs.length, value } };
}

function isSame(a: string, b: string): boolean {
  return isWithin(a, b) && isWithin(b, a);
}

function readCount({ query }: HttpRequest, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw badRequest(`${name} is not a number: '${text}'.`);
  return Number(text);
}
