import { invalid, refused } from "./classes.ts";
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

const NOT_CHANGED = "The change is not made; the order keeps its current key.";

/** Azure's codes for the vault and its URL. */
export const AZURE_VAULT_ERRORS = {
  SsemUserErrorKeyVaultDetailsNotFound: refused(400, "security-administrator", {
    title: "The vault was not found",
    message: "The key vault of the customer-managed key cannot be found",
    ask: "Ask your security administrator to find out what happened to key vault {vaultName} and to restore it, then try again.",
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
            text: "Check the vault's name and that you are in the right subscription",
            command: "az keyvault list --query '[].id'",
          },
          {
            ...SELECT_ANOTHER_KEY,
            text: "If the order named a wrong vault, name the right one: repeat the change with its key's URL and its resource id",
          },
        ],
        why: "Its host name does not exist, other names resolve, and Resource Manager knows neither the vault nor a deleted vault of that name: it never existed, or it was deleted and its retention has ended. A failure in DNS alone is never reported with this code: it is KeyVaultUnreachable.",
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
            text: "Either move the vault's subscription back to its old tenant, or set the vault's tenant to {tenantId}; the latter removes all its access policies, including your own",
            command:
              "az resource update --ids {vaultId} --set properties.tenantId={tenantId} properties.accessPolicies=[]",
          },
          {
            text: "If the order's system-assigned identity was created in the other tenant, create it again: turn it off and on again (portal: order > Encryption > Select identity type)",
            for: "order-owner",
          },
          GRANT_NEW_BY_ROLE,
          GRANT_NEW_BY_POLICY,
          UNLOCK_AGAIN,
        ],
        why: "A subscription was moved between tenants. A vault keeps its old tenant until someone changes it, and until then does not trust the tokens of the order's identity (AKV10032).",
        reproduce:
          "az resource update --ids {vaultId} --set properties.tenantId=11111111-1111-4111-8111-111111111111 properties.accessPolicies=[]",
      },
    },
    why: "The vault does not exist where the order says, or it does not trust the order's tenant.",
    meanwhile:
      "Unlocks are refused, and an open node closes when it next contacts the broker. The envelope is kept, and the broker looks for the vault again at every try.",
    reproduce: "az keyvault delete --name {vaultName}",
    articleCorrection:
      "The article stops at recovering the vault. A recovered vault has lost its role assignments, so access must be granted again; and the deadline is the scheduled purge date, which the error shows.",
  }),
  SsemUserErrorSoftDeleteAndPurgeProtectionNotEnabled: invalid(400, "security-administrator", {
    title: "The vault does not protect its keys from deletion",
    message: "The key vault lacks soft delete or purge protection",
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
  }),
  SsemUserErrorInvalidKeyVaultUrl: invalid(400, "order-owner", {
    title: "The key URL is not a key URL",
    message:
      "The key URL is not the identifier of a key: https, the vault, /keys/ and a name, with or without a version",
    ask: "Ask the owner of order {orderName} to correct the key URL, then try again.",
    steps: [LIST_KEYS, SELECT_ANOTHER_KEY],
    why: "kekUrl must be a key identifier as Key Vault shows it: no user name, no query, no fragment.",
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://{vaultName}.vault.localhost:8443/secrets/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
  }),
  SsemUserErrorKeyVaultUrlWithInvalidScheme: invalid(400, "order-owner", {
    title: "The key URL does not begin with https",
    message: "The key URL does not use https",
    ask: "Ask the owner of order {orderName} to give the key URL with https, then try again.",
    steps: [{ ...SELECT_KEY, text: "Give the same URL with https" }],
    why: "Key Vault is only reached over HTTPS.",
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"http://{vaultName}.vault.localhost:8443/keys/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
  }),
  SsemUserErrorKeyVaultUrlInvalidHost: invalid(400, "order-owner", {
    title: "The key URL's host is not a vault of this cloud",
    message: "The host of the key URL is not a key vault of this cloud",
    ask: "Ask the owner of order {orderName} to name a key vault of this cloud, then try again.",
    steps: [
      {
        text: "Copy the vault's address; in the cloud of this order it ends in .{vaultSuffix}",
        command: "az keyvault show --name {vaultName} --query properties.vaultUri --output tsv",
      },
      LIST_KEYS,
      SELECT_ANOTHER_KEY,
    ],
    reasons: {
      "managed-hsm": {
        message: "The key URL names a Managed HSM, and Data Box takes only keys of key vaults",
        ask: "Ask the owner of order {orderName} to name a key in a key vault instead of a Managed HSM, then try again.",
        steps: [
          {
            text: "Create a key in a key vault; in a vault of the premium tier, RSA-HSM keeps it in an HSM as well",
            command:
              "az keyvault key create --vault-name {vaultName} --name {keyName} --kty RSA-HSM --size 3072 --ops wrapKey unwrapKey",
            for: "security-administrator",
          },
          SELECT_ANOTHER_KEY,
        ],
        why: "Azure's table of services with customer-managed keys has Data Box under Key Vault and not under Managed HSM, and the host of a Managed HSM does not end in the vaults' suffix. Managed HSM also has an audience and roles of its own: the role that an order's identity gets at a vault would not apply.",
        reproduce:
          'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://contoso.managedhsm.azure.net/keys/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
      },
      "other-cloud": {
        message: "The key URL names a key vault of another cloud",
        why: "Public Azure, Azure Government and Azure operated by 21Vianet are separate: an identity of one does not exist in another.",
        reproduce:
          'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://contoso.vault.azure.cn/keys/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
      },
    },
    why: "The broker connects only to hosts with the vault suffix of its cloud; any other host could steal its tokens.",
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://vault.example/keys/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
  }),
};
