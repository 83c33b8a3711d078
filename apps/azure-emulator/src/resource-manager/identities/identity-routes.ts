import { randomUUID } from "node:crypto";

import { z } from "zod";

import type { ManagedIdentity } from "../../core/model.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { ArmError, badRequest, resourceNotFound } from "../arm-error.ts";
import { locationSchema, parseBody, tagsSchema } from "../request-body.ts";
import { resourceId } from "../resource-id.ts";

export const IDENTITY_TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities";
const GROUP_PATH = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${IDENTITY_TYPE}`;
export const IDENTITY_PATH = `${GROUP_PATH}/{identity}`;

export const identityRoutes: readonly ArmRoute[] = [
  row("PUT", IDENTITY_PATH, putIdentity),
  row("PATCH", IDENTITY_PATH, patchIdentity),
  row("GET", IDENTITY_PATH, getIdentity),
  row("DELETE", IDENTITY_PATH, deleteIdentity),
  row("GET", GROUP_PATH, listIdentities),
  row("GET", `/subscriptions/{subscription}/providers/${IDENTITY_TYPE}`, listIdentities),
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
  const name = parameter(context, "identity");
  if (!IDENTITY_NAME.test(name))
    throw badRequest(
      `The identity name '${name}' is invalid: 3 to 128 letters, digits, hyphens or underscores, beginning with a letter or digit.`,
    );
  const existing = findIdentity(context);
  if (existing !== undefined) {
    if (existing.location !== body.location)
      throw new ArmError(
        409,
        "InvalidResourceLocation",
        `The resource '${name}' already exists in location '${existing.location}' in resource group '${existing.resourceGroup}'. A resource with the same name cannot be created in location '${body.location}'. Please select a new resource name.`,
      );
    const changed = { ...existing, tags: body.tags ?? existing.tags };
    state.put("managedIdentity", changed);
    return { status: 200, body: renderIdentity(changed) };
  }
  const subscriptionId = parameter(context, "subscription");
  const resourceGroup = parameter(context, "group");
  const identity: ManagedIdentity = {
    id: resourceId(subscriptionId, resourceGroup, IDENTITY_TYPE, name),
    subscriptionId,
    resourceGroup,
    name,
    location: body.location,
    tags: body.tags ?? {},
    tenantId: state.get("subscription", subscriptionId)?.tenantId ?? cloud.tenantId,
    principalId: randomUUID(),
    clientId: randomUUID(),
    federatedCredentials: [],
  };
  state.put("managedIdentity", identity);
  return { status: 201, body: renderIdentity(identity) };
}

function patchIdentity(context: ArmContext): HttpAnswer {
  const body = parseBody(context.request, patchSchema);
  const identity = requireIdentity(context);
  const changed = { ...identity, tags: body.tags ?? identity.tags };
  context.deps.state.put("managedIdentity", changed);
  return { status: 200, body: renderIdentity(changed) };
}

function getIdentity(context: ArmContext): HttpAnswer {
  return { status: 200, body: renderIdentity(requireIdentity(context)) };
}

/**
 * The principal is removed with it; role assignments and access policies that name it stay, as in
 * Azure, without effect.
 */
function deleteIdentity(context: ArmContext): HttpAnswer {
  const identity = findIdentity(context);
  if (identity === undefined) return { status: 204 };
  context.deps.state.delete("managedIdentity", identity.id);
  return { status: 200 };
}

function listIdentities(context: ArmContext): HttpAnswer {
  const subscription = parameter(context, "subscription").toLowerCase();
  const group = context.parameters["group"]?.toLowerCase();
  const identities = context.deps.state
    .list("managedIdentity")
    .filter(
      (identity) =>
        identity.subscriptionId.toLowerCase() === subscription &&
        (group === undefined || identity.resourceGroup.toLowerCase() === group),
    );
  return { status: 200, body: { value: identities.map(renderIdentity) } };
}

function findIdentity(context: ArmContext): ManagedIdentity | undefined {
  const id = resourceId(
    parameter(context, "subscription"),
    parameter(context, "group"),
    IDENTITY_TYPE,
    parameter(context, "identity"),
  );
  return context.deps.state.get("managedIdentity", id);
}

/** @throws ArmError 404 ResourceNotFound */
export function requireIdentity(context: ArmContext): ManagedIdentity {
  const identity = findIdentity(context);
  if (identity !== undefined) return identity;
  throw resourceNotFound(
    IDENTITY_TYPE,
    parameter(context, "identity"),
    parameter(context, "group"),
  );
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
