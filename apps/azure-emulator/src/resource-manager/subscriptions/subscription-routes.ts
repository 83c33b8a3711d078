import { regionsOf } from "@databox-cmk/errors";

import type { Subscription } from "../../core/model.ts";
import { domainOf, HOME_DOMAIN } from "../../entra/find-tenant.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { invalidResourceNamespace } from "../arm-error.ts";
import {
  findProvider,
  PROVIDER_NAMES,
  type ProviderNamespace,
  PROVIDERS,
  supportedVersions,
  versionJudgement,
} from "../providers.ts";
import { resourceGroupId } from "../resource-id.ts";
import { JOB_TYPE, listJobs } from "./list-jobs.ts";
import { heldResources, selectResources } from "./list-resources.ts";
import { answerPage } from "./page.ts";
import { parseResourceFilter } from "./resource-filter.ts";
import { GROUP_PATH, resourceGroupRoutes } from "./resource-group-routes.ts";
import { subscriptionOf, tagNameRoutes } from "./tag-names.ts";

const SUBSCRIPTION_PATH = "/subscriptions/{subscription}";

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
  ...resourceGroupRoutes,
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

function listTenants(context: ArmContext): HttpAnswer {
  const { state, cloud } = context.deps;
  const value = state
    .list("tenant")
    .filter((tenant) => tenant.id === context.caller.tenantId)
    .map((tenant) => {
      const user = state.list("user").find(({ tenantId }) => tenantId === tenant.id);
      const domain = tenant.id === cloud.tenantId ? HOME_DOMAIN : domainOf(user?.userName ?? "");
      return {
        id: `/tenants/${tenant.id}`,
        tenantId: tenant.id,
        displayName: tenant.displayName,
        tenantCategory: "Home",
        defaultDomain: domain,
        domains: [domain],
        tenantType: "AAD",
      };
    });
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
  return { status: 200, body: renderSubscription(subscriptionOf(context)) };
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
  const filter = parseResourceFilter(context.request.query.get("$filter"));
  const subscriptionId = parameter(context, "subscription");
  const { group } = context.parameters;
  const scope =
    group === undefined
      ? `/subscriptions/${subscriptionId}`
      : resourceGroupId(subscriptionId, group);
  const jobs = filter.mayHave(JOB_TYPE) ? await listJobs(scope, context) : [];
  const value = selectResources([...heldResources(context.deps.state), ...jobs], {
    subscriptionId,
    resourceGroup: group,
    filter,
  });
  return answerPage(value, context);
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
