import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { badRequest } from "../arm-error.ts";
import { isWithin, parseScope } from "../resource-id.ts";
import { listJobs } from "../subscriptions/list-jobs.ts";
import { IDENTITY_PATH, requireIdentity } from "./identity-routes.ts";

/** `az identity list-resources`: the orders that have the identity. Nothing else here can. */
export const associatedResourceRoutes: readonly ArmRoute[] = [
  { method: "POST", path: `${IDENTITY_PATH}/listAssociatedResources`, handle: listAssociated },
];

async function listAssociated(
  request: HttpRequest,
  parameters: Readonly<Record<string, string>>,
  context: ArmContext,
): Promise<HttpAnswer> {
  const identity = requireIdentity(parameters, context);
  const subscriptionId = parameter(parameters, "subscription");
  const scope = `/subscriptions/${subscriptionId}`;
  const [skip, top] = [readCount(request, "$skip") ?? 0, readCount(request, "$top")];
  const jobs = (await listJobs(request, scope, context)).filter(({ identityIds }) =>
    identityIds.some((id) => isSame(id, identity.id)),
  );
  const subscriptionDisplayName = context.deps.state.get(
    "subscription",
    subscriptionId,
  )?.displayName;
  const value = jobs.slice(skip, top === undefined ? undefined : skip + top).map((job) => ({
    id: job.id,
    name: job.name,
    type: job.type.toLowerCase(),
    resourceGroup: parseScope(job.id).resourceGroup?.toLowerCase(),
    subscriptionId,
    subscriptionDisplayName,
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
