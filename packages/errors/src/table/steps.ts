import type { Step, Text } from "../row.ts";

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
  en: "If the vault uses access policies: grant Get, Wrap Key and Unwrap Key to the order's identity (portal: key vault > Access policies > Create)",
  de: "Benutzt der Tresor Zugriffsrichtlinien: Gewähren Sie der Identität des Auftrags Get, Wrap Key und Unwrap Key (Portal: Schlüsseltresor > Zugriffsrichtlinien > Erstellen)",
  command:
    "az keyvault set-policy --name {vaultName} --object-id {principalId} --key-permissions get wrapKey unwrapKey",
  for: "security-administrator",
} as const satisfies Step<Text>;

export const GRANT_BY_ROLE = {
  en: "If the vault uses Azure RBAC: assign Key Vault Crypto Service Encryption User to the order's identity (portal: key vault > Access control (IAM) > Add role assignment)",
  de: "Benutzt der Tresor Azure RBAC: Weisen Sie der Identität des Auftrags die Rolle „Key Vault Crypto Service Encryption User“ zu (Portal: Schlüsseltresor > Zugriffssteuerung (IAM) > Rollenzuweisung hinzufügen)",
  command:
    "az role assignment create --role 'Key Vault Crypto Service Encryption User' --assignee-object-id {principalId} --assignee-principal-type ServicePrincipal --scope {vaultId}",
  for: "security-administrator",
} as const satisfies Step<Text>;

export const WAIT_FOR_PROPAGATION = {
  en: "Wait for Azure to apply the change, which takes up to ten minutes; the broker asks the vault again at each try",
  de: "Warten Sie, bis Azure die Änderung angewendet hat, was bis zu zehn Minuten dauert; der Broker fragt den Tresor bei jedem Versuch erneut",
  for: "security-administrator",
} as const satisfies Step<Text>;

export const UNLOCK_AGAIN = {
  en: "Unlock again at the appliance once that is done",
  de: "Entsperren Sie erneut am Gerät, sobald das erledigt ist",
  command: "databox-agent unlock",
  for: "site-operator",
} as const satisfies Step<Text>;

export const TRY_AGAIN = {
  en: "Try again",
  de: "Versuchen Sie es erneut",
  command: "databox-agent unlock",
  for: "site-operator",
} as const satisfies Step<Text>;

export const UNLOCK_WITHOUT_NETWORK = {
  en: "If there is no network: make a challenge and have it answered in the portal",
  de: "Wo kein Netz zu haben ist: Erstellen Sie eine Anfrage, und lassen Sie sie im Portal beantworten",
  command: "databox-agent challenge --qr",
  for: "site-operator",
} as const satisfies Step<Text>;

export const SHOW_VAULT = {
  en: "Open the vault and note its id, region, tenant and permission model",
  de: "Sehen Sie sich den Tresor an, und notieren Sie seine ID, seine Region, seinen Mandanten und sein Berechtigungsmodell",
  command: "az keyvault show --name {vaultName}",
  for: "security-administrator",
} as const satisfies Step<Text>;

export const LIST_KEY_VERSIONS = {
  en: "List the versions of the key",
  de: "Listen Sie die Versionen des Schlüssels auf",
  command: "az keyvault key list-versions --vault-name {vaultName} --name {keyName}",
  for: "security-administrator",
} as const satisfies Step<Text>;

/** Each row says which key. */
export const SELECT_KEY = {
  command: `az rest --method patch --url ${ORDER_URL} --body '{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"{keyUrl}","kekVaultResourceID":"{vaultId}"}}}}'`,
  for: "order-owner",
} as const satisfies Omit<Step, "text">;

export const LIST_KEYS = {
  en: "List the URLs of the keys in the vault",
  de: "Listen Sie die URLs der Schlüssel im Tresor auf",
  command: "az keyvault key list --vault-name {vaultName} --query '[].kid' --output tsv",
  for: "security-administrator",
} as const satisfies Step<Text>;

/** A person must decide which one. */
export const SELECT_ANOTHER_KEY = {
  en: "Point the order at one that can be used: repeat the change with its URL and its vault's resource id (portal: order > Encryption > Select a key and key vault)",
  de: "Stellen Sie den Auftrag auf einen um, der benutzbar ist: Wiederholen Sie die Änderung mit seiner URL und der Ressourcen-ID seines Tresors (Portal: Auftrag > Verschlüsselung > Schlüsseltresor und Schlüssel auswählen)",
  for: "order-owner",
} as const satisfies Step<Text>;

export const SHOW_IDENTITY = {
  en: "Check the identities of the order",
  de: "Sehen Sie sich die Identitäten des Auftrags an",
  command: `az rest --method get --url ${ORDER_URL} --query identity`,
  for: "order-owner",
} as const satisfies Step<Text>;

export const ENABLE_SYSTEM_IDENTITY = {
  en: "Give the order a system-assigned identity; a new one has a new principal id (portal: order > Encryption > Select identity type > System assigned)",
  de: "Geben Sie dem Auftrag eine systemseitig zugewiesene Identität; eine neue hat eine neue Prinzipal-ID (Portal: Auftrag > Verschlüsselung > Identitätstyp > Systemseitig zugewiesen)",
  command: `az rest --method patch --url ${ORDER_URL} --body '{"identity":{"type":"SystemAssigned"}}'`,
  for: "order-owner",
} as const satisfies Step<Text>;

export const DISABLE_SYSTEM_IDENTITY = {
  en: "Remove the deleted identity from the order",
  de: "Entfernen Sie die gelöschte Identität vom Auftrag",
  command: `az rest --method patch --url ${ORDER_URL} --body '{"identity":{"type":"None"}}'`,
  for: "order-owner",
} as const satisfies Step<Text>;

export const GRANT_NEW_BY_POLICY = {
  en: "If the vault uses access policies: grant Get, Wrap Key and Unwrap Key to the identity that the order has now (portal: key vault > Access policies > Create)",
  de: "Benutzt der Tresor Zugriffsrichtlinien: Gewähren Sie der Identität, die der Auftrag jetzt hat, Get, Wrap Key und Unwrap Key (Portal: Schlüsseltresor > Zugriffsrichtlinien > Erstellen)",
  command: `az keyvault set-policy --name {vaultName} --object-id ${ORDER_PRINCIPAL} --key-permissions get wrapKey unwrapKey`,
  for: "security-administrator",
} as const satisfies Step<Text>;

export const GRANT_NEW_BY_ROLE = {
  en: "If the vault uses Azure RBAC: assign Key Vault Crypto Service Encryption User to the identity that the order has now (portal: key vault > Access control (IAM) > Add role assignment)",
  de: "Benutzt der Tresor Azure RBAC: Weisen Sie der Identität, die der Auftrag jetzt hat, die Rolle „Key Vault Crypto Service Encryption User“ zu (Portal: Schlüsseltresor > Zugriffssteuerung (IAM) > Rollenzuweisung hinzufügen)",
  command: `az role assignment create --role ${ENCRYPTION_ROLE} --assignee-object-id ${ORDER_PRINCIPAL} --assignee-principal-type ServicePrincipal --scope {vaultId}`,
  for: "security-administrator",
} as const satisfies Step<Text>;

export const SELECT_USER_IDENTITY = {
  en: "Select an existing user-assigned identity for the order (portal: order > Encryption > Select a different user identity)",
  de: "Lassen Sie den Auftrag eine benutzerseitig zugewiesene Identität nutzen, die es gibt (Portal: Auftrag > Verschlüsselung > Andere Benutzeridentität auswählen)",
  command: selectUserIdentity("{identityId}"),
  for: "order-owner",
} as const satisfies Step<Text>;

const NEW_IDENTITY_PRINCIPAL =
  "$(az identity show --name {orderName}-key --resource-group {resourceGroup} --query principalId --output tsv)";
const NEW_IDENTITY_ID =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{orderName}-key";

/** Another user-assigned identity instead of a lost one. */
export const USE_ANOTHER_USER_IDENTITY = [
  {
    en: "Create an identity in the order's resource group",
    de: "Erstellen Sie eine Identität in der Ressourcengruppe des Auftrags",
    command: "az identity create --name {orderName}-key --resource-group {resourceGroup}",
    for: "order-owner",
  },
  {
    en: "If the vault uses Azure RBAC: assign Key Vault Crypto Service Encryption User to it (portal: key vault > Access control (IAM) > Add role assignment)",
    de: "Benutzt der Tresor Azure RBAC: Weisen Sie ihr die Rolle „Key Vault Crypto Service Encryption User“ zu (Portal: Schlüsseltresor > Zugriffssteuerung (IAM) > Rollenzuweisung hinzufügen)",
    command: `az role assignment create --role ${ENCRYPTION_ROLE} --assignee-object-id ${NEW_IDENTITY_PRINCIPAL} --assignee-principal-type ServicePrincipal --scope {vaultId}`,
    for: "security-administrator",
  },
  {
    en: "If the vault uses access policies: grant Get, Wrap Key and Unwrap Key to it (portal: key vault > Access policies > Create)",
    de: "Benutzt der Tresor Zugriffsrichtlinien: Gewähren Sie ihr Get, Wrap Key und Unwrap Key (Portal: Schlüsseltresor > Zugriffsrichtlinien > Erstellen)",
    command: `az keyvault set-policy --name {vaultName} --object-id ${NEW_IDENTITY_PRINCIPAL} --key-permissions get wrapKey unwrapKey`,
    for: "security-administrator",
  },
  {
    en: "Select it for the order (portal: order > Encryption > Select a different user identity)",
    de: "Lassen Sie den Auftrag sie nutzen (Portal: Auftrag > Verschlüsselung > Andere Benutzeridentität auswählen)",
    command: selectUserIdentity(NEW_IDENTITY_ID),
    for: "order-owner",
  },
] as const satisfies readonly Step<Text>[];

function selectUserIdentity(identityId: string): string {
  return `az rest --method patch --url ${ORDER_URL} --body '{"identity":{"type":"UserAssigned","userAssignedIdentities":{"${identityId}":{}}},"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"{keyUrl}","kekVaultResourceID":"{vaultId}","identityProperties":{"type":"UserAssigned","userAssigned":{"resourceId":"${identityId}"}}}}}}'`;
}

export const CONTACT_BROKER_OPERATOR = {
  en: "Tell the broker's operator what happened[; the correlation id is {correlationId}]",
  de: "Sagen Sie dem Betreiber des Dienstes, was geschehen ist[; die Korrelations-ID ist {correlationId}]",
} as const satisfies Step<Text>;
