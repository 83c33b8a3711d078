import type { Step, WrittenStep } from "../row.ts";

/*
 * Steps that several rows share. Every command is az's own: `az databox` would be an extension to
 * install first, and knows no identities, hence `az rest` for orders. A test runs each command as
 * it is printed.
 */

const ORDER_URL = '"{orderId}?api-version=2022-12-01"';
/**
 * The principal of the order's present system-assigned identity: a recreated one differs from the
 * one that the broker saw.
 */
const ORDER_PRINCIPAL = `$(az rest --method get --url ${ORDER_URL} --query identity.principalId --output tsv)`;
const ENCRYPTION_ROLE = "'Key Vault Crypto Service Encryption User'";

export const GRANT_BY_POLICY = {
  text: "If the vault uses access policies: grant Get, Wrap Key and Unwrap Key to the order's identity (portal: key vault > Access policies > Create)",
  command:
    "az keyvault set-policy --name {vaultName} --object-id {principalId} --key-permissions get wrapKey unwrapKey",
  for: "security-administrator",
} as const satisfies WrittenStep;

export const GRANT_BY_ROLE = {
  text: "If the vault uses Azure RBAC: assign Key Vault Crypto Service Encryption User to the order's identity (portal: key vault > Access control (IAM) > Add role assignment)",
  command:
    "az role assignment create --role 'Key Vault Crypto Service Encryption User' --assignee-object-id {principalId} --assignee-principal-type ServicePrincipal --scope {vaultId}",
  for: "security-administrator",
} as const satisfies WrittenStep;

export const WAIT_FOR_PROPAGATION = {
  text: "Wait for Azure to apply the change, which takes up to ten minutes; the broker asks the vault again at each try",
  for: "security-administrator",
} as const satisfies WrittenStep;

export const UNLOCK_AGAIN = {
  text: "Unlock again at the appliance once that is done",
  command: "databox-agent unlock",
  for: "site-operator",
} as const satisfies WrittenStep;

export const TRY_AGAIN = {
  text: "Try again",
  command: "databox-agent unlock",
  for: "site-operator",
} as const satisfies WrittenStep;

export const UNLOCK_WITHOUT_NETWORK = {
  text: "If there is no network: make a challenge and have it answered in the portal",
  command: "databox-agent challenge --qr",
  for: "site-operator",
} as const satisfies WrittenStep;

export const SHOW_VAULT = {
  text: "Open the vault and note its id, region, tenant and permission model",
  command: "az keyvault show --name {vaultName}",
  for: "security-administrator",
} as const satisfies WrittenStep;

export const LIST_KEY_VERSIONS = {
  text: "List the versions of the key",
  command: "az keyvault key list-versions --vault-name {vaultName} --name {keyName}",
  for: "security-administrator",
} as const satisfies WrittenStep;

/** Each row says which key. */
export const SELECT_KEY = {
  command: `az rest --method patch --url ${ORDER_URL} --body '{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"{keyUrl}","kekVaultResourceID":"{vaultId}"}}}}'`,
  for: "order-owner",
} as const satisfies Omit<Step, "text">;

export const LIST_KEYS = {
  text: "List the URLs of the keys in the vault",
  command: "az keyvault key list --vault-name {vaultName} --query '[].kid' --output tsv",
  for: "security-administrator",
} as const satisfies WrittenStep;

/** A person must decide which one. */
export const SELECT_ANOTHER_KEY = {
  text: "Point the order at one that can be used: repeat the change with its URL and its vault's resource id (portal: order > Encryption > Select a key and key vault)",
  for: "order-owner",
} as const satisfies WrittenStep;

export const SHOW_IDENTITY = {
  text: "Check the identities of the order",
  command: `az rest --method get --url ${ORDER_URL} --query identity`,
  for: "order-owner",
} as const satisfies WrittenStep;

export const ENABLE_SYSTEM_IDENTITY = {
  text: "Give the order a system-assigned identity; a new one has a new principal id (portal: order > Encryption > Select identity type > System assigned)",
  command: `az rest --method patch --url ${ORDER_URL} --body '{"identity":{"type":"SystemAssigned"}}'`,
  for: "order-owner",
} as const satisfies WrittenStep;

export const DISABLE_SYSTEM_IDENTITY = {
  text: "Remove the deleted identity from the order",
  command: `az rest --method patch --url ${ORDER_URL} --body '{"identity":{"type":"None"}}'`,
  for: "order-owner",
} as const satisfies WrittenStep;

export const GRANT_NEW_BY_POLICY = {
  text: "If the vault uses access policies: grant Get, Wrap Key and Unwrap Key to the identity that the order has now (portal: key vault > Access policies > Create)",
  command: `az keyvault set-policy --name {vaultName} --object-id ${ORDER_PRINCIPAL} --key-permissions get wrapKey unwrapKey`,
  for: "security-administrator",
} as const satisfies WrittenStep;

export const GRANT_NEW_BY_ROLE = {
  text: "If the vault uses Azure RBAC: assign Key Vault Crypto Service Encryption User to the identity that the order has now (portal: key vault > Access control (IAM) > Add role assignment)",
  command: `az role assignment create --role ${ENCRYPTION_ROLE} --assignee-object-id ${ORDER_PRINCIPAL} --assignee-principal-type ServicePrincipal --scope {vaultId}`,
  for: "security-administrator",
} as const satisfies WrittenStep;

export const SELECT_USER_IDENTITY = {
  text: "Select an existing user-assigned identity for the order (portal: order > Encryption > Select a different user identity)",
  command: selectUserIdentity("{identityId}"),
  for: "order-owner",
} as const satisfies WrittenStep;

const NEW_IDENTITY_PRINCIPAL =
  "$(az identity show --name {orderName}-key --resource-group {resourceGroup} --query principalId --output tsv)";
const NEW_IDENTITY_ID =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{orderName}-key";

/** Another user-assigned identity instead of a lost one. */
export const USE_ANOTHER_USER_IDENTITY = [
  {
    text: "Create an identity in the order's resource group",
    command: "az identity create --name {orderName}-key --resource-group {resourceGroup}",
    for: "order-owner",
  },
  {
    text: "If the vault uses Azure RBAC: assign Key Vault Crypto Service Encryption User to it (portal: key vault > Access control (IAM) > Add role assignment)",
    command: `az role assignment create --role ${ENCRYPTION_ROLE} --assignee-object-id ${NEW_IDENTITY_PRINCIPAL} --assignee-principal-type ServicePrincipal --scope {vaultId}`,
    for: "security-administrator",
  },
  {
    text: "If the vault uses access policies: grant Get, Wrap Key and Unwrap Key to it (portal: key vault > Access policies > Create)",
    command: `az keyvault set-policy --name {vaultName} --object-id ${NEW_IDENTITY_PRINCIPAL} --key-permissions get wrapKey unwrapKey`,
    for: "security-administrator",
  },
  {
    text: "Select it for the order (portal: order > Encryption > Select a different user identity)",
    command: selectUserIdentity(NEW_IDENTITY_ID),
    for: "order-owner",
  },
] as const satisfies readonly WrittenStep[];

function selectUserIdentity(identityId: string): string {
  return `az rest --method patch --url ${ORDER_URL} --body '{"identity":{"type":"UserAssigned","userAssignedIdentities":{"${identityId}":{}}},"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"{keyUrl}","kekVaultResourceID":"{vaultId}","identityProperties":{"type":"UserAssigned","userAssigned":{"resourceId":"${identityId}"}}}}}}'`;
}

export const CONTACT_BROKER_OPERATOR =
  "Tell the broker's operator what happened[; the correlation id is {correlationId}]";
