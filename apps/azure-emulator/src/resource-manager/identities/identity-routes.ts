import { randomUUID } from "node:crypto";

import { z } from "zod";

import { isSame, type ManagedIdentity } from "../../core/model.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { badRequest } from "../arm-error.ts";
import { locationSchema, parseBody, tagsSchema } from "../request-body.ts";
import { parseScope } from "../resource-id.ts";
import { refuseMove, resourceType } from "../resource-type.ts";
import { listJobs } from "../subscriptions/list-jobs.ts";

export const IDENTITY_TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities";
/** Role assignments and access policies that name a deleted identity stay, without effect. */
export const IDENTITIES = resourceType("managedIdentity", IDENTITY_TYPE, renderIdentity);

export const identityRoutes: readonly ArmRoute[] = [
  row("PUT", IDENTITIES.path, putIdentity),
  row("PATCH", IDENTITIES.path, patchIdentity),
  ...IDENTITIES.routes,
];

/** 3–128 letters, digits, hyphens and underscores; begins with a letter or digit. */
const IDENTITY_NAME = /^[a-z0-9][a-z0-9_-]{2,127}$/i;

const putSchema = z.object({ location: locationSchema, tags: tagsSchema.nullish() });
const patchSchema = z.object({ location: locationSchema.nullish(), tags: tagsSchema.nullish() });

/**
 * An identity that is created again under an old name is a new principal: grants of the old one do
 * not apply to it.
 */
function putIdentity(context: ArmContext): HttpAnswer {
  const { state, cloud } = context.deps;
  const body = parseBody(context.request, putSchema);
  const place = IDENTITIES.placeOf(context);
  const { name, subscriptionId } = place;
  if (!IDENTITY_NAME.test(name))
    throw badRequest(
      `The identity name '${name}' is invalid: 3 to 128 letters, digits, hyphens or underscores, beginning with a letter or digit.`,
    );
  const existing = IDENTITIES.find(context);
  if (existing !== undefined) {
    refuseMove(name, existing.resourceGroup, existing.location, body.location);
    return IDENTITIES.put({ ...existing, tags: body.tags ?? existing.tags }, context);
  }
  const identity: ManagedIdentity = {
    ...place,
    location: body.location,
    tags: body.tags ?? {},
    tenantId: state.get("subscription", subscriptionId)?.tenantId ?? cloud.tenantId,
    principalId: randomUUID(),
    clientId: randomUUID(),
    federatedCredentials: [],
  };
  return IDENTITIES.put(identity, context, 201);
}

function patchIdentity(context: ArmContext): HttpAnswer {
  const body = parseBody(context.request, patchSchema);
  const identity = IDENTITIES.require(context);
  return IDENTITIES.put({ ...identity, tags: body.tags ?? identity.tags }, context);
}

function renderIdentity(identity: ManagedIdentity): object {
  return {
    id: identity.id,
    name: identity.name,
    type: IDENTITY_TYPE,
    location: identity.location,
    tags: identity.tags,
    properties: {
      tenantId: identity.tenantId,
      principalId: identity.principalId,
      clientId: identity.clientId,
    },
  };
}

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

function readCount({ query }: HttpRequest, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw badRequest(`${name} is not a number: '${text}'.`);
  return Number(text);
}
