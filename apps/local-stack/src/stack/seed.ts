import { ManagedServiceIdentityClient } from "@azure/arm-msi";

import { assignRole } from "../azure/assign-role.ts";
import { createAzureClients } from "../azure/clients.ts";
import { createVault } from "../azure/create-vault.ts";
import { createTransport } from "../azure/transport.ts";
import type { StackClient, StackDescription } from "../core/stack-description.ts";

const SERVICE_VAULT = "databoxservice";
const SERVICE_KEY = "service-key";
const BROKER_IDENTITY = "cloud-broker";
const RESOURCE_GROUPS_API_VERSION = "2021-04-01";

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
  const subscription = `/subscriptions/${stack.subscriptionId}`;
  await clients.callResourceManager(
    "PUT",
    `${subscription}/resourceGroups/${serviceResourceGroup}?api-version=${RESOURCE_GROUPS_API_VERSION}`,
    { location: stack.location },
  );
  for (const { objectId } of keyOfficers)
    await assignRole(clients, subscription, "cryptoOfficer", { id: objectId, type: "User" });
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
  const vaultId = await createVault(clients, stack, serviceResourceGroup, SERVICE_VAULT);
  const type = "ServicePrincipal";
  await assignRole(clients, vaultId, "cryptoOfficer", { id: owner.objectId, type });
  const broker = { id: principalId, type } as const;
  await assignRole(clients, vaultId, "cryptoServiceEncryptionUser", broker, principalId);
  const vaultUrl = `https://${SERVICE_VAULT}.${stack.vaultSuffix}`;
  await clients.keys(vaultUrl).createRsaKey(SERVICE_KEY, { keySize: 2048 });
  return { brokerIdentityId: id, serviceKeyUrl: `${vaultUrl}/keys/${SERVICE_KEY}` };
}
