import type { Step } from "../row.ts";

/*
 * Steps that several rows share. Key Vault, role and identity commands are in az itself; `az databox` is an extension that
 * az offers to install at its first use and whose `job update` has no --identity, hence `az rest` for identities.
 */

export const GRANT_BY_POLICY = {
  text: "If the vault uses access policies: grant Get, Wrap Key and Unwrap Key to the order's identity (portal: key vault > Access policies > Create)",
  command:
    "az keyvault set-policy --name {vaultName} --object-id {principalId} --key-permissions get wrapKey unwrapKey",
  for: "security-administrator",
} as const satisfies Step;

export const GRANT_BY_ROLE = {
  text: "If the vault uses Azure RBAC: assign Key Vault Crypto Service Encryption User to the order's identity (portal: key vault > Access control (IAM) > Add role assignment)",
  command:
    "az role assignment create --role 'Key Vault Crypto Service Encryption User' --assignee-object-id {principalId} --assignee-principal-type ServicePrincipal --scope {vaultId}",
  for: "security-administrator",
} as const satisfies Step;

export const WAIT_FOR_PROPAGATION = {
  text: "Wait for Azure to apply the change, which takes up to ten minutes; the broker asks the vault again at each try",
  for: "security-administrator",
} as const satisfies Step;

export const UNLOCK_AGAIN = {
  text: "Unlock again at the appliance once that is done",
  command: "databox-agent unlock",
  for: "site-operator",
} as const satisfies Step;

export const TRY_AGAIN = {
  text: "Try again; the agent waits longer after each failure",
  command: "databox-agent unlock",
  for: "site-operator",
} as const satisfies Step;

export const SHOW_VAULT = {
  text: "Look at the vault and note its id, region, tenant and permission model",
  command: "az keyvault show --name {vaultName}",
  for: "security-administrator",
} as const satisfies Step;

export const LIST_KEY_VERSIONS = {
  text: "List the versions of the key",
  command: "az keyvault key list-versions --vault-name {vaultName} --name {keyName}",
  for: "security-administrator",
} as const satisfies Step;

export const SELECT_KEY = {
  text: "Point the order at a key that can be used (portal: order > Encryption > Select a key and key vault)",
  command:
    "az databox job update --resource-group {resourceGroup} --name {orderName} --kek-type CustomerManaged --kek-url {keyUrl} --kek-vault-resource-id {vaultId}",
  for: "order-owner",
} as const satisfies Step;

export const SHOW_IDENTITY = {
  text: "Look at the identities of the order",
  command: 'az rest --method get --url "{orderId}?api-version=2022-12-01" --query identity',
  for: "order-owner",
} as const satisfies Step;

export const ENABLE_SYSTEM_IDENTITY = {
  text: "Give the order a system-assigned identity; a new one has a new principal id (portal: order > Encryption > Select identity type > System assigned)",
  command:
    'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"identity":{"type":"SystemAssigned"}}\'',
  for: "order-owner",
} as const satisfies Step;

export const SELECT_USER_IDENTITY = {
  text: "Let the order use a user-assigned identity that exists (portal: order > Encryption > Select a different user identity)",
  command:
    'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"identity":{"type":"UserAssigned","userAssignedIdentities":{"{identityId}":{}}},"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"{keyUrl}","kekVaultResourceID":"{vaultId}","identityProperties":{"type":"UserAssigned","userAssigned":{"resourceId":"{identityId}"}}}}}}\'',
  for: "order-owner",
} as const satisfies Step;

export const CONTACT_BROKER_OPERATOR = {
  text: "Give the correlation id {correlationId} to the broker's operator",
} as const satisfies Step;
