import type { Text } from "../row.ts";
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

const NOT_CHANGED = {
  en: "The change is not made; the order keeps its current key.",
  de: "Die Änderung wird nicht vorgenommen; der Auftrag behält seinen aktuellen Schlüssel.",
} as const satisfies Text;

/** Azure's codes for the vault and its URL. */
export const AZURE_VAULT_ERRORS = {
  SsemUserErrorKeyVaultDetailsNotFound: refused(400, "security-administrator", {
    title: { en: "The vault was not found", de: "Der Tresor wurde nicht gefunden" },
    message: {
      en: "The key vault of the customer-managed key cannot be found",
      de: "Der Schlüsseltresor des kundenseitig verwalteten Schlüssels ist nicht zu finden",
    },
    ask: {
      en: "Ask your security administrator to find out what happened to key vault {vaultName} and to restore it, then try again.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, herauszufinden, was mit dem Schlüsseltresor {vaultName} geschehen ist, und ihn wiederherzustellen; versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "See whether the vault was deleted and can be recovered",
        de: "Sehen Sie nach, ob der Tresor gelöscht wurde und sich wiederherstellen lässt",
        command: "az keyvault list-deleted --resource-type vault",
      },
      UNLOCK_AGAIN,
    ],
    reasons: {
      "vault-not-found": {
        message: {
          en: "No key vault of that name exists, deleted or not",
          de: "Einen Schlüsseltresor dieses Namens gibt es nicht, auch nicht gelöscht",
        },
        recoverable: "no",
        ask: {
          en: "Ask your security administrator whether key vault {vaultName} was purged; if so, this appliance cannot be unlocked with its keys.",
          de: "Fragen Sie Ihren Sicherheitsadministrator, ob der Schlüsseltresor {vaultName} endgültig gelöscht wurde; dann lässt sich dieses Gerät mit dessen Schlüsseln nicht mehr entsperren.",
        },
        steps: [
          {
            en: "Check the vault's name and that you are in the right subscription",
            de: "Prüfen Sie den Namen des Tresors und ob Sie im richtigen Abonnement sind",
            command: "az keyvault list --query '[].id'",
          },
          {
            ...SELECT_ANOTHER_KEY,
            en: "If the order named a wrong vault, name the right one: repeat the change with its key's URL and its resource id",
            de: "Hat der Auftrag einen falschen Tresor genannt, nennen Sie den richtigen: Wiederholen Sie die Änderung mit der URL seines Schlüssels und seiner Ressourcen-ID",
          },
        ],
        why: "Its host name does not exist, other names resolve, and Resource Manager knows neither the vault nor a deleted vault of that name: it never existed, or it was deleted and its retention has ended. A failure in DNS alone is never reported with this code: it is KeyVaultUnreachable.",
        reproduce: PASS_RETENTION,
      },
      "vault-deleted-recoverable": {
        message: {
          en: "The key vault was deleted and can still be recovered",
          de: "Der Schlüsseltresor wurde gelöscht und lässt sich noch wiederherstellen",
        },
        recoverable: "until-date",
        ask: {
          en: "Ask your security administrator to recover key vault {vaultName} before {scheduledPurgeDate} and to grant access again, then try again.",
          de: "Bitten Sie Ihren Sicherheitsadministrator, den Schlüsseltresor {vaultName} vor dem {scheduledPurgeDate} wiederherzustellen und den Zugriff erneut zu gewähren, und versuchen Sie es dann erneut.",
        },
        steps: [
          {
            en: "Recover the vault before {scheduledPurgeDate} (portal: Key vaults > Manage deleted vaults > Recover)",
            de: "Stellen Sie den Tresor vor dem {scheduledPurgeDate} wieder her (Portal: Schlüsseltresore > Gelöschte Tresore verwalten > Wiederherstellen)",
            command: "az keyvault recover --name {vaultName} --location {vaultLocation}",
          },
          {
            ...GRANT_BY_ROLE,
            en: "If the vault uses Azure RBAC: assign the role again, since recovery does not bring role assignments back; access policies do come back",
            de: "Benutzt der Tresor Azure RBAC: Weisen Sie die Rolle erneut zu, denn die Wiederherstellung bringt Rollenzuweisungen nicht zurück; Zugriffsrichtlinien kommen zurück",
          },
          UNLOCK_AGAIN,
        ],
        why: "The vault was deleted and is kept, with its keys, until its scheduled purge date.",
        reproduce: "az keyvault delete --name {vaultName}",
      },
      "tenant-moved": {
        message: {
          en: "The key vault belongs to another tenant than the order",
          de: "Der Schlüsseltresor gehört zu einem anderen Mandanten als der Auftrag",
        },
        ask: {
          en: "Ask your security administrator to bring vault {vaultName} and the order's identity into the same tenant, then try again.",
          de: "Bitten Sie Ihren Sicherheitsadministrator, den Tresor {vaultName} und die Identität des Auftrags in denselben Mandanten zu bringen, und versuchen Sie es dann erneut.",
        },
        steps: [
          SHOW_VAULT,
          {
            en: "Either move the vault's subscription back to its old tenant, or set the vault's tenant to {tenantId}; the latter removes all its access policies, including your own",
            de: "Verschieben Sie entweder das Abonnement des Tresors in seinen alten Mandanten zurück, oder setzen Sie den Mandanten des Tresors auf {tenantId}; Letzteres leert seine Zugriffsrichtlinien, auch Ihre eigenen",
            command:
              "az resource update --ids {vaultId} --set properties.tenantId={tenantId} properties.accessPolicies=[]",
          },
          {
            en: "If the order's system-assigned identity was created in the other tenant, create it again: turn it off and on again (portal: order > Encryption > Select identity type)",
            de: "Wurde die systemseitig zugewiesene Identität des Auftrags im anderen Mandanten erstellt, erstellen Sie sie neu: Schalten Sie sie aus und wieder ein (Portal: Auftrag > Verschlüsselung > Identitätstyp)",
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
    why: {
      en: "The vault does not exist where the order says, or it does not trust the order's tenant.",
      de: "Den Tresor gibt es nicht, wo der Auftrag es sagt, oder er vertraut dem Mandanten des Auftrags nicht.",
    },
    meanwhile: {
      en: "Unlocks are refused, and an open node closes when it next contacts the broker. The envelope is kept, and the broker looks for the vault again at every try.",
      de: "Entsperrungen werden verweigert, und ein offener Knoten schließt sich, wenn er sich das nächste Mal beim Broker meldet. Der Umschlag wird behalten, und der Broker sucht den Tresor bei jedem Versuch erneut.",
    },
    reproduce: "az keyvault delete --name {vaultName}",
    articleCorrection:
      "The article stops at recovering the vault. A recovered vault has lost its role assignments, so access must be granted again; and the deadline is the scheduled purge date, which the error shows.",
  }),
  SsemUserErrorSoftDeleteAndPurgeProtectionNotEnabled: invalid(400, "security-administrator", {
    title: {
      en: "The vault does not protect its keys from deletion",
      de: "Der Tresor schützt seine Schlüssel nicht vor dem Löschen",
    },
    message: {
      en: "The key vault lacks soft delete or purge protection",
      de: "Dem Schlüsseltresor fehlt das vorläufige Löschen oder der Löschschutz",
    },
    ask: {
      en: "Ask your security administrator to turn on soft delete and purge protection of vault {vaultName}, then try again.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, vorläufiges Löschen und Löschschutz des Tresors {vaultName} einzuschalten, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Turn both on; neither can be turned off again (portal: key vault > Properties)",
        de: "Schalten Sie beides ein; keines davon lässt sich wieder ausschalten (Portal: Schlüsseltresor > Eigenschaften)",
        command:
          "az resource update --ids {vaultId} --set properties.enableSoftDelete=true properties.enablePurgeProtection=true",
      },
    ],
    reasons: {
      "soft-delete": {
        message: {
          en: "The key vault lacks soft delete",
          de: "Dem Schlüsseltresor fehlt das vorläufige Löschen",
        },
        why: "A key deleted from this vault is gone at once, and the appliance's data with it.",
      },
      "purge-protection": {
        message: {
          en: "The key vault lacks purge protection",
          de: "Dem Schlüsseltresor fehlt der Löschschutz",
        },
        steps: [
          {
            en: "Turn purge protection on; it cannot be turned off again (portal: key vault > Properties > Purge protection)",
            de: "Schalten Sie den Löschschutz ein; er lässt sich nicht wieder ausschalten (Portal: Schlüsseltresor > Eigenschaften > Löschschutz)",
            command: "az keyvault update --name {vaultName} --enable-purge-protection true",
          },
        ],
        why: "A deleted key of this vault can be purged before its retention ends, and the appliance's data is lost with it.",
        reproduce:
          "az keyvault create --name {vaultName} --resource-group {resourceGroup} --location {location}",
      },
    },
    why: {
      en: "The recovery level of the key shows that it can be purged. A key that protects an appliance must be recoverable.",
      de: "Die Wiederherstellungsstufe des Schlüssels zeigt, dass er endgültig gelöscht werden kann. Ein Schlüssel, der ein Gerät schützt, muss wiederherstellbar sein.",
    },
    meanwhile: NOT_CHANGED,
    reproduce:
      "az keyvault create --name {vaultName} --resource-group {resourceGroup} --location {location}",
  }),
  SsemUserErrorInvalidKeyVaultUrl: invalid(400, "order-owner", {
    title: { en: "The key URL is not a key URL", de: "Die Schlüssel-URL ist keine Schlüssel-URL" },
    message: {
      en: "The key URL is not the identifier of a key: https, the vault, /keys/ and a name, with or without a version",
      de: "Die Schlüssel-URL ist nicht der Bezeichner eines Schlüssels: https, der Tresor, /keys/ und ein Name, mit oder ohne Version",
    },
    ask: {
      en: "Ask the owner of order {orderName} to correct the key URL, then try again.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, die Schlüssel-URL zu berichtigen, und versuchen Sie es dann erneut.",
    },
    steps: [LIST_KEYS, SELECT_ANOTHER_KEY],
    why: {
      en: "kekUrl must be a key identifier as Key Vault shows it: no user name, no query, no fragment.",
      de: "kekUrl muss ein Schlüsselbezeichner sein, wie Key Vault ihn zeigt: kein Benutzername, keine Abfrage, kein Fragment.",
    },
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://{vaultName}.vault.localhost:8443/secrets/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
  }),
  SsemUserErrorKeyVaultUrlWithInvalidScheme: invalid(400, "order-owner", {
    title: {
      en: "The key URL does not begin with https",
      de: "Die Schlüssel-URL beginnt nicht mit https",
    },
    message: {
      en: "The key URL does not use https",
      de: "Die Schlüssel-URL benutzt nicht https",
    },
    ask: {
      en: "Ask the owner of order {orderName} to give the key URL with https, then try again.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, die Schlüssel-URL mit https anzugeben, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        ...SELECT_KEY,
        en: "Give the same URL with https",
        de: "Geben Sie dieselbe URL mit https an",
      },
    ],
    why: {
      en: "Key Vault is only reached over HTTPS.",
      de: "Key Vault wird nur über HTTPS angesprochen.",
    },
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"http://{vaultName}.vault.localhost:8443/keys/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
  }),
  SsemUserErrorKeyVaultUrlInvalidHost: invalid(400, "order-owner", {
    title: {
      en: "The key URL's host is not a vault of this cloud",
      de: "Der Host der Schlüssel-URL ist kein Tresor dieser Cloud",
    },
    message: {
      en: "The host of the key URL is not a key vault of this cloud",
      de: "Der Host der Schlüssel-URL ist kein Schlüsseltresor dieser Cloud",
    },
    ask: {
      en: "Ask the owner of order {orderName} to name a key vault of this cloud, then try again.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, einen Schlüsseltresor dieser Cloud zu nennen, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Copy the vault's address; in the cloud of this order it ends in .{vaultSuffix}",
        de: "Kopieren Sie die Adresse des Tresors; in der Cloud dieses Auftrags endet sie auf .{vaultSuffix}",
        command: "az keyvault show --name {vaultName} --query properties.vaultUri --output tsv",
      },
      LIST_KEYS,
      SELECT_ANOTHER_KEY,
    ],
    reasons: {
      "managed-hsm": {
        message: {
          en: "The key URL names a Managed HSM, and Data Box takes only keys of key vaults",
          de: "Die Schlüssel-URL nennt ein verwaltetes HSM, und Data Box nimmt nur Schlüssel aus Schlüsseltresoren an",
        },
        ask: {
          en: "Ask the owner of order {orderName} to name a key in a key vault instead of a Managed HSM, then try again.",
          de: "Bitten Sie den Besitzer des Auftrags {orderName}, statt eines verwalteten HSM einen Schlüssel in einem Schlüsseltresor zu nennen, und versuchen Sie es dann erneut.",
        },
        steps: [
          {
            en: "Create a key in a key vault; in a vault of the premium tier, RSA-HSM keeps it in an HSM as well",
            de: "Erstellen Sie einen Schlüssel in einem Schlüsseltresor; in einem Tresor der Stufe „Premium“ liegt er mit RSA-HSM ebenfalls in einem HSM",
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
        message: {
          en: "The key URL names a key vault of another cloud",
          de: "Die Schlüssel-URL nennt einen Schlüsseltresor einer anderen Cloud",
        },
        why: "Public Azure, Azure Government and Azure operated by 21Vianet are separate: an identity of one does not exist in another.",
        reproduce:
          'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://contoso.vault.azure.cn/keys/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
      },
    },
    why: {
      en: "The broker connects only to hosts with the vault suffix of its cloud; any other host could steal its tokens.",
      de: "Der Broker verbindet sich nur mit Hosts, die das Tresor-Suffix seiner Cloud haben; jeder andere Host könnte seine Token stehlen.",
    },
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://vault.example/keys/{keyName}","kekVaultResourceID":"{vaultId}"}}}}\'',
  }),
};
