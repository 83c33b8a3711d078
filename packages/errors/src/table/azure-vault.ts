import type { ErrorRow } from "../row.ts";
import { PASS_RETENTION } from "./reproduce.ts";
import {
  GRANT_BY_ROLE,
  GRANT_NEW_BY_POLICY,
  GRANT_NEW_BY_ROLE,
  LIST_KEYS,
  SELECT_ANOTHER_KEY,
  SELECT_KEY,
  SHOW_VAULT,
  UNLOCK_AGAIN,
} from "./steps.ts";

const NOT_CHANGED = "The change is not made; the order keeps the key that it had.";

/** Azure's codes for the vault and its URL. */
export const AZURE_VAULT_ERRORS = {
  SsemUserErrorKeyVaultDetailsNotFound: {
    title: "The vault was not found",
    message: "The key vault of the customer-managed key cannot be found",
    class: "refused",
    httpStatus: 400,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator where key vault {vaultName} went and to bring it back, then try again.",
    steps: [
      {
        text: "See whether the vault was deleted and can be recovered",
        command: "az keyvault list-deleted --resource-type vault",
      },
      UNLOCK_AGAIN,
    ],
    reasons: {
      "vault-not-found": {
        message: "No key vault of that name exists, deleted or not",
        recoverable: "no",
        ask: "Ask your security administrator whether key vault {vaultName} was purged; if so, this appliance cannot be unlocked with its keys.",
        steps: [
          {
            text: "Make sure of the vault's name, and that you look in the right subscription",
            command: "az keyvault list --query '[].id'",
          },
          {
            ...SELECT_ANOTHER_KEY,
            text: "If the order named a wrong vault, name the right one: repeat the change with its key's URL and its resource id",
          },
        ],
        why: "Its host name does not exist, other names resolve, and Resource Manager knows neither the vault nor a deleted vault of that name: it never existed, or it was deleted and its retention has ended. A name that fails in DNS alone is never reported so: that is KeyVaultUnreachable.",
        reproduce: PASS_RETENTION,
      },
      "vault-deleted-recoverable": {
        message: "The key vault was deleted and can still be recovered",
        recoverable: "until-date",
        ask: "Ask your security administrator to recover key vault {vaultName} before {scheduledPurgeDate} and to grant access again, then try again.",
        steps: [
          {
            text: "Recover the vault before {scheduledPurgeDate} (portal: Key vaults > Manage deleted vaults > Recover)",
            command: "az keyvault recover --name {vaultName} --location {vaultLocation}",
          },
          {
            ...GRANT_BY_ROLE,
            text: "If the vault uses Azure RBAC: assign the role again, since recovery does not bring role assignments back; access policies do come back",
          },
          UNLOCK_AGAIN,
        ],
        why: "The vault was deleted and is kept, with its keys, until its scheduled purge date.",
        reproduce: "az keyvault delete --name {vaultName}",
      },
      "tenant-moved": {
        message: "The key vault belongs to another tenant than the order",
        ask: "Ask your security administrator to bring vault {vaultName} and the order's identity into the same tenant, then try again.",
        steps: [
          SHOW_VAULT,
          {
            text: "Either move the vault's subscription back to its old tenant, or set the vault's tenant to {tenantId}; the latter empties its access policies, your own too",
            command:
              "az resource update --ids {vaultId} --set properties.tenantId={tenantId} properties.accessPolicies=[]",
          },
          {
            text: "If the order's system-assigned identity was made in the other tenant, make it anew: turn it off and on again (portal: order > Encryption > Select identity type)",
            for: "order-owner",
          },
          GRANT_NEW_BY_POLICY,
          GRANT_NEW_BY_ROLE,
          UNLOCK_AGAIN,
        ],
        why: "A subscription was moved between tenants. A vault keeps its old tenant until someone changes it, and then trusts no token of the order's identity (AKV10032).",
        reproduce:
          "az resource update --ids {vaultId} --set properties.tenantId=11111111-1111-4111-8111-111111111111 properties.accessPolicies=[]",
      },
    },
    why: "The vault does not exist where the order says, or it does not trust the order's tenant.",
    meanwhile:
      "Unlocks are refused, and a node that is still open closes when it asks again. The envelope is kept, and the vault is looked for again at every try.",
    reproduce: "az keyvault delete --name {vaultName}",
    articleCorrection:
      "The article stops at recovering the vault. A recovered vault has lost its role assignments, so access must be granted again; and the deadline is the scheduled purge date, which the error shows.",
  },
  SsemUserErrorSoftDeleteAndPurgeProtectionNotEnabled: {
    title: "The vault does not protect its keys from deletion",
    message: "The key vault lacks soft delete or purge protection",
    class: "invalid",
    httpStatus: 400,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator to turn on soft delete and purge protection of vault {vaultName}, then try again.",
    steps: [
      {
        text: "Turn both on; neither can be turned off again (portal: key vault > Properties)",
        command:
          "az resource update --ids {vaultId} --set properties.enableSoftDelete=true properties.enablePurgeProtection=true",
      },
    ],
    reasons: {
      "soft-delete": {
        message: "The key vault lacks soft delete",
        why: "A key deleted from this vault is gone at once, and the appliance's data with it.",
      },
      "purge-protection": {
        message: "The key vault lacks purge protection",
        steps: [
          {
            text: "Turn purge protection on; it cannot be turned off again (portal: key vault > Properties > Purge protection)",
            command: "az keyvault update --name {vaultName} --enable-purge-protection true",
          },
        ],
        why: "A deleted key of this vault can be purged before its retention ends, and the appliance's data is lost with it.",
        reproduce:
          "az keyvault create --name {vaultName} --resource-group {resourceGroup} --location {location}",
      },
    },
    why: "The recovery level of the key shows that it can be purged. A key that protects an appliance must be recoverable.",
    meanwhile: NOT_CHANGED,
    reproduce:
      "az keyvault create --name {vaultName} --resource-group {resourceGroup} --location {location}",
  },
  SsemUserErrorInvalidKeyVaultUrl: {
    title: "The key URL is not a key URL",
    message:
      "The key URL is not the identifier of a key: https, the vault, /keys/ and a name, with or without a version",
    class: "invalid",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to correct the key URL, then try again.",
    steps: [LIST_KEYS, SELECT_ANOTHER_KEY],
    why: "kekUrl must be a key identifier as Key Vault shows it: no user name, no query, no fragment.",
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://{vaultName}.vault.localhost:8443/secrets/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
  },
  SsemUserErrorKeyVaultUrlWithInvalidScheme: {
    title: "The key URL does not begin with https",
    message: "The key URL has another scheme than https",
    class: "invalid",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to give the key URL with https, then try again.",
    steps: [{ ...SELECT_KEY, text: "Give the same URL with https" }],
    why: "Key Vault is only reached over HTTPS.",
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"http://{vaultName}.vault.localhost:8443/keys/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
  },
  SsemUserErrorKeyVaultUrlInvalidHost: {
    title: "The key URL's host is not a vault of this cloud",
    message: "The host of the key URL is not a key vault of this cloud",
    class: "invalid",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to name a key vault of this cloud, then try again.",
    steps: [
      {
        text: "Copy the vault's address; in public Azure it ends in .vault.azure.net, in Azure Government in .vault.usgovcloudapi.net",
        command: "az keyvault show --name {vaultName} --query properties.vaultUri --output tsv",
      },
      LIST_KEYS,
      SELECT_ANOTHER_KEY,
    ],
    why: "Only hosts with the vault suffix of the broker's cloud are ever dialled; anything else would hand tokens to a stranger.",
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://vault.example/keys/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
  },
} as const satisfies Record<string, ErrorRow>;
