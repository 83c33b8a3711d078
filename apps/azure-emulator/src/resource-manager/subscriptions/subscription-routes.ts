import { regionsOf } from "@databox-cmk/errors";
import { z } from "zod";

import type { ResourceGroup, Subscription } from "../../core/model.ts";
import { HOME_DOMAIN } from "../../entra/find-tenant.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { ArmError, resourceGroupNotFound } from "../arm-error.ts";
import { invalidResourceNamespace } from "../arm-error.ts";
import {
  findProvider,
  PROVIDER_NAMES,
  type ProviderNamespace,
  PROVIDERS,
  supportedVersions,
  versionJudgement,
} from "../providers.ts";
import { locationSchema, parseBody, tagsSchema } from "../request-body.ts";
import { resourceGroupId } from "../resource-id.ts";
import { parseListFilter } from "./list-filter.ts";
import { JOB_TYPE, listJobs } from "./list-jobs.ts";
import { heldResources, selectResources } from "./list-resources.ts";
import { tagNameRoutes } from "./tag-names.ts";

const SUBSCRIPTION_PATH = "/subscriptions/{subscription}";
const GROUPS_PATH = `${SUBSCRIPTION_PATH}/resourceGroups`;
const GROUP_PATH = `${GROUPS_PATH}/{group}`;

/**
 * Resource Manager's own resources: tenants, subscriptions, resource groups, and their contents.
 */
export const subscriptionRoutes: readonly ArmRoute[] = [
  row("GET", "/tenants", listTenants),
  row("GET", "/subscriptions", listSubscriptions),
  row("GET", SUBSCRIPTION_PATH, getSubscription),
  row("GET", `${SUBSCRIPTION_PATH}/locations`, listLocations),
  row("GET", `${SUBSCRIPTION_PATH}/resources`, answerResources),
  row("GET", `${SUBSCRIPTION_PATH}/providers`, listProviders),
  ...tagNameRoutes,
  row("GET", GROUPS_PATH, listGroups),
  row("PUT", GROUP_PATH, putGroup),
  row("GET", GROUP_PATH, getGroup),
  row("HEAD", GROUP_PATH, headGroup),
  row("DELETE", GROUP_PATH, deleteGroup),
  row("GET", `${GROUP_PATH}/resources`, answerResources),
];

/**
 * `/subscriptions/{s}/providers/{namespace}`: the path names a provider but Resource Manager
 * answers it.
 */
export const providerRoutes: readonly ArmRoute[] = [
  row("GET", `${SUBSCRIPTION_PATH}/providers/{namespace}`, getProvider),
  row("POST", `${SUBSCRIPTION_PATH}/providers/{namespace}/register`, getProvider),
];

const GROUP_NAME = /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u;
const groupSchema = z.object({ location: locationSchema, tags: tagsSchema.nullish() });

function listTenants(context: ArmContext): HttpAnswer {
  const value = context.deps.state.list("tenant").map((tenant) => ({
    id: `/tenants/${tenant.id}`,
    tenantId: tenant.id,
    displayName: tenant.displayName,
    tenantCategory: "Home",
    defaultDomain: HOME_DOMAIN,
    domains: [HOME_DOMAIN],
    tenantType: "AAD",
  }));
  return { status: 200, body: { value } };
}

function listSubscriptions(context: ArmContext): HttpAnswer {
  const value = context.deps.state
    .list("subscription")
    .filter((subscription) => subscription.tenantId === context.caller.tenantId)
    .map(renderSubscription);
  return { status: 200, body: { value, count: { type: "Total", value: value.length } } };
}

function getSubscription(context: ArmContext): HttpAnswer {
  const subscription = context.deps.state.get("subscription", parameter(context, "subscription"));
  if (subscription === undefined) throw new Error("the router checked the subscription");
  return { status: 200, body: renderSubscription(subscription) };
}

function renderSubscription(subscription: Subscription): object {
  return {
    id: `/subscriptions/${subscription.id}`,
    authorizationSource: "RoleBased",
    managedByTenants: [],
    subscriptionId: subscription.id,
    tenantId: subscription.tenantId,
    displayName: subscription.displayName,
    tags: subscription.tags,
    state: "Enabled",
    subscriptionPolicies: {
      locationPlacementId: "Public_2014-09-01",
      quotaId: "PayAsYouGo_2014-09-01",
      spendingLimit: "Off",
    },
  };
}

function listLocations(context: ArmContext): HttpAnswer {
  const subscription = parameter(context, "subscription");
  const idOf = (name: string) => `/subscriptions/${subscription}/locations/${name}`;
  const { cloud } = context.deps.endpoints;
  const value = regionsOf(cloud).map(({ name, displayName, pair }) => ({
    id: idOf(name),
    name,
    type: "Region",
    displayName,
    regionalDisplayName: displayName,
    metadata: {
      regionType: "Physical",
      pairedRegion: [{ name: pair, id: idOf(pair) }],
    },
  }));
  return { status: 200, body: { value } };
}

async function answerResources(context: ArmContext): Promise<HttpAnswer> {
  const { equals } = parseListFilter(context.request.query.get("$filter"));
  const subscriptionId = parameter(context, "subscription");
  const { group } = context.parameters;
  const type = equals.get("resourcetype") ?? JOB_TYPE;
  const scope =
    group === undefined
      ? `/subscriptions/${subscriptionId}`
      : resourceGroupId(subscriptionId, group);
  const jobs = type.toLowerCase() === JOB_TYPE.toLowerCase() ? await listJobs(scope, context) : [];
  const value = selectResources([...heldResources(context.deps.state), ...jobs], {
    subscriptionId,
    resourceGroup: group,
    equals,
  });
  return { status: 200, body: { value } };
}

function listProviders(context: ArmContext): HttpAnswer {
  const subscription = parameter(context, "subscription");
  const value = PROVIDER_NAMES.map((namespace) => renderProvider(subscription, namespace, context));
  return { status: 200, body: { value } };
}

function getProvider(context: ArmContext): HttpAnswer {
  const asked = parameter(context, "namespace");
  const namespace = findProvider(asked);
  if (namespace === undefined) throw invalidResourceNamespace(asked);
  const subscription = parameter(context, "subscription");
  return { status: 200, body: renderProvider(subscription, namespace, context) };
}

function renderProvider(
  subscription: string,
  namespace: ProviderNamespace,
  { deps }: ArmContext,
): object {
  const { types } = PROVIDERS[namespace];
  const apiVersions = supportedVersions(namespace, versionJudgement(deps));
  return {
    id: `/subscriptions/${subscription}/providers/${namespace}`,
    namespace,
    registrationState: "Registered",
    registrationPolicy: "RegistrationRequired",
    resourceTypes: types.map((resourceType) => ({
      resourceType,
      locations: regionsOf(deps.endpoints.cloud).map(({ displayName }) => displayName),
      apiVersions,
      capabilities: "None",
    })),
  };
}

function listGroups(context: ArmContext): HttpAnswer {
  const subscription = parameter(context, "subscription").toLowerCase();
  const groups = context.deps.state
    .list("resourceGroup")
    .filter((group) => group.subscriptionId.toLowerCase() === subscription);
  return { status: 200, body: { value: groups.map(renderGroup) } };
}

function putGroup(context: ArmContext): HttpAnswer {
  const { state } = context.deps;
  const body = parseBody(context.request, groupSchema);
  const name = parameter(context, "group");
  if (!GROUP_NAME.test(name))
    throw new ArmError(
      400,
      "InvalidResourceGroup",
      `The provided resource group name '${name}' is invalid: 1 to 90 letters, digits, '_', '(', ')', '-' and '.', not ending with '.'.`,
    );
  const subscriptionId = parameter(context, "subscription");
  const existing = findGroup(context);
  if (existing !== undefined && existing.location !== body.location)
    throw new ArmError(
      409,
      "InvalidResourceGroupLocation",
      `Invalid resource group location '${body.location}'. The Resource group already exists in location '${existing.location}'.`,
    );
  const group: ResourceGroup = existing
    ? { ...existing, tags: body.tags ?? {} }
    : {
        id: resourceGroupId(subscriptionId, name),
        subscriptionId,
        name,
        location: body.location,
        tags: body.tags ?? {},
      };
  state.put("resourceGroup", group);
  return { status: existing === undefined ? 201 : 200, body: renderGroup(group) };
}

function getGroup(context: ArmContext): HttpAnswer {
  const group = findGroup(context);
  if (group === undefined) throw resourceGroupNotFound(parameter(context, "group"));
  return { status: 200, body: renderGroup(group) };
}

function headGroup(context: ArmContext): HttpAnswer {
  return { status: findGroup(context) === undefined ? 404 : 204 };
}

/**
 * Azure also deletes the contents; the emulator requires an empty group, so that none of the
 * broker's resources is orphaned.
 */
async function deleteGroup(context: ArmContext): Promise<HttpAnswer> {
  const group = findGroup(context);
  if (group === undefined) throw resourceGroupNotFound(parameter(context, "group"));
  const jobs = await listJobs(group.id, context);
  const inside = selectResources([...heldResources(context.deps.state), ...jobs], {
    subscriptionId: group.subscriptionId,
    resourceGroup: group.name,
    equals: new Map(),
  });
  if (inside.length > 0)
    throw new ArmError(
      409,
      "ResourceGroupNotEmpty",
      `Resource group '${group.name}' still has ${inside.length} resources, the first is ${inside[0]?.id}. Delete them first.`,
    );
  context.deps.state.delete("resourceGroup", group.id);
  return { status: 200 };
}

function findGroup(context: Pick<ArmContext, "deps" | "parameters">): ResourceGroup | undefined {
  return context.deps.state.get(
    "resourceGroup",
    resourceGroupId(parameter(context, "subscription"), parameter(context, "group")),
  );
}

function renderGroup(group: ResourceGroup): object {
  return {
    id: group.id,
    name: group.name,
    type: "Microsoft.Resources/resourceGroups",
    location: group.location,
    tags: group.tags,
    properties: { provisioningState: "Succeeded" },
  };
}
