import { randomUUID } from "node:crypto";

import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import { bearerTokenAuthenticationPolicy, createEmptyPipeline } from "@azure/core-rest-pipeline";

import { createAzureClients } from "../azure/clients.ts";
import { sendJson } from "../azure/send-json.ts";
import { createTransport } from "../azure/transport.ts";
import type { StackClient, StackDescription } from "../core/stack-description.ts";

const SERVICE_VAULT = "databoxservice";
const SERVICE_KEY = "service-key";
const BROKER_IDENTITY = "cloud-broker";
const RESOURCE_GROUPS_API_VERSION = "2021-04-01";
const ROLE_ASSIGNMENTS_API_VERSION = "2022-04-01";
/** Key Vault Crypto Officer: an owner of a subscription has no right on the keys in its vaults. */
const CRYPTO_OFFICER = "14b46e9e-c2b7-41b4-b07b-48a6ebf60603";

export type ServiceResources = {
  /** The broker's own managed identity, to be assigned to "this machine". */
  readonly brokerIdentityId: string;
  /** Versionless URL of the service's own key-encryption key. */
  readonly serviceKeyUrl: string;
};

/**
 * Makes what the operator of a broker makes once: its identity, its vault, its key-encryption key,
 * and the right to use it. Everything goes through the official clients, as it would against Azure.
 *
 * @param serviceResourceGroup - name of the group that holds the service's own resources and the
 * identities of orders.
 * @param keyOfficers - people who make keys in the customer's vaults.
 */
export async function seedService(
  stack: StackDescription,
  caPem: string,
  owner: StackClient & { readonly objectId: string },
  serviceResourceGroup: string,
  keyOfficers: readonly { readonly objectId: string }[],
): Promise<ServiceResources> {
  using clients = createAzureClients(stack, caPem, owner);
  using transport = createTransport(caPem);
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(
    bearerTokenAuthenticationPolicy({
      credential: clients.credential,
      scopes: `${stack.armUrl}/.default`,
    }),
  );
  for (const { policy } of transport.policies) pipeline.addPolicy(policy);
  await sendJson(
    pipeline,
    "PUT",
    `${stack.armUrl}/subscriptions/${stack.subscriptionId}/resourceGroups/${serviceResourceGroup}?api-version=${RESOURCE_GROUPS_API_VERSION}`,
    { location: stack.location },
  );
  const subscription = `/subscriptions/${stack.subscriptionId}`;
  for (const { objectId } of keyOfficers)
    await sendJson(
      pipeline,
      "PUT",
      `${stack.armUrl}${subscription}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=${ROLE_ASSIGNMENTS_API_VERSION}`,
      {
        properties: {
          roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${CRYPTO_OFFICER}`,
          principalId: objectId,
          principalType: "User",
        },
      },
    );
  const identities = new ManagedServiceIdentityClient(clients.credential, stack.subscriptionId, {
    endpoint: stack.armUrl,
    additionalPolicies: [...transport.policies],
  });
  const identity = await identities.userAssignedIdentities.createOrUpdate(
    serviceResourceGroup,
    BROKER_IDENTITY,
    { location: stack.location },
  );
  const { id, principalId } = identity;
  if (id === undefined || principalId === undefined) {
    throw new Error("Resource Manager made an identity without id or principalId");
  }
  const policy = (objectId: string, keys: string[]) => ({
    tenantId: stack.tenantId,
    objectId,
    permissions: { keys },
  });
  await clients.vaults.vaults.beginCreateOrUpdateAndWait(
    serviceResourceGroup,
    SERVICE_VAULT,
    {
      location: stack.location,
      properties: {
        tenantId: stack.tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: false,
        enablePurgeProtection: true,
        softDeleteRetentionInDays: 7,
        accessPolicies: [
          policy(owner.objectId, ["get", "list", "create", "rotate", "update"]),
          policy(principalId, ["get", "wrapKey", "unwrapKey"]),
        ],
      },
    },
    { updateIntervalInMs: 50 },
  );
  const vaultUrl = `https://${SERVICE_VAULT}.${stack.vaultSuffix}`;
  await clients.keys(vaultUrl).createRsaKey(SERVICE_KEY, { keySize: 2048 });
  return { brokerIdentityId: id, serviceKeyUrl: `${vaultUrl}/keys/${SERVICE_KEY}` };
}
