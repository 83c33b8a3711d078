import type { Step, Text } from "../row.ts";
import { invalid, refused } from "./classes.ts";
import {
  DISABLE_SYSTEM_IDENTITY,
  ENABLE_SYSTEM_IDENTITY,
  GRANT_NEW_BY_POLICY,
  GRANT_NEW_BY_ROLE,
  SELECT_USER_IDENTITY,
  SHOW_IDENTITY,
  UNLOCK_AGAIN,
  USE_ANOTHER_USER_IDENTITY,
} from "./steps.ts";

const MEANWHILE = {
  en: "Unlocks are refused, and an open node closes when it next contacts the broker. Nothing stored changes, and the broker looks for the identity again at every try.",
  de: "Entsperrungen werden verweigert, und ein offener Knoten schließt sich, wenn er sich das nächste Mal beim Broker meldet. Nichts Gespeichertes ändert sich, und der Broker sucht die Identität bei jedem Versuch erneut.",
} as const satisfies Text;

const ADD_FEDERATION = {
  en: "Add the federated credential (portal: managed identity > Federated credentials > Add > Other)",
  de: "Fügen Sie die Verbundanmeldeinformationen hinzu (Portal: Verwaltete Identität > Verbundanmeldeinformationen > Hinzufügen > Andere)",
  command:
    "az identity federated-credential create --name databox-cmk --identity-name {identityName} --resource-group {identityResourceGroup} --issuer {federationIssuer} --subject {federationSubject} --audiences {federationAudience}",
} as const satisfies Step<Text>;
const [CREATE_IDENTITY] = USE_ANOTHER_USER_IDENTITY;
const NAME_ANOTHER = {
  en: "Repeat the change with the id of that identity, after it was allowed to use the key",
  de: "Wiederholen Sie die Änderung mit der ID dieser Identität, nachdem ihr der Schlüssel freigegeben wurde",
  for: "order-owner",
} as const satisfies Step<Text>;
const LIST_IDENTITIES = {
  en: "List the identities that exist",
  de: "Listen Sie die vorhandenen Identitäten auf",
  command: "az identity list --query '[].id' --output tsv",
} as const satisfies Step<Text>;
const REPEAT_CHANGE = {
  en: "Repeat the change of the order",
  de: "Wiederholen Sie die Änderung des Auftrags",
  for: "order-owner",
} as const satisfies Step<Text>;

/** Azure's codes for the identity that asks the vault. */
export const AZURE_IDENTITY_ERRORS = {
  SsemUserErrorSystemAssignedIdentityAbsent: refused(400, "order-owner", {
    title: {
      en: "The order has no system-assigned identity",
      de: "Der Auftrag hat keine systemseitig zugewiesene Identität",
    },
    message: {
      en: "The system-assigned identity that should use the key does not exist",
      de: "Die systemseitig zugewiesene Identität, die den Schlüssel nutzen soll, gibt es nicht",
    },
    ask: {
      en: "Ask the owner of order {orderName} to turn its system-assigned identity on, and your security administrator to grant it the key, then try again.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, dessen systemseitig zugewiesene Identität einzuschalten, und Ihren Sicherheitsadministrator, ihr den Schlüssel freizugeben, und versuchen Sie es dann erneut.",
    },
    steps: [
      SHOW_IDENTITY,
      ENABLE_SYSTEM_IDENTITY,
      GRANT_NEW_BY_ROLE,
      GRANT_NEW_BY_POLICY,
      UNLOCK_AGAIN,
    ],
    reasons: {
      "not-enabled": {
        message: {
          en: "The key needs the order's system-assigned identity, which is not turned on",
          de: "Der Schlüssel braucht die systemseitig zugewiesene Identität des Auftrags, die nicht eingeschaltet ist",
        },
        why: "The order's identity type does not include SystemAssigned.",
        reproduce:
          'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"identity":{"type":"None"}}\'',
      },
      "identity-deleted": {
        message: {
          en: "The order's system-assigned identity was deleted",
          de: "Die systemseitig zugewiesene Identität des Auftrags wurde gelöscht",
        },
        steps: [
          DISABLE_SYSTEM_IDENTITY,
          ENABLE_SYSTEM_IDENTITY,
          GRANT_NEW_BY_ROLE,
          GRANT_NEW_BY_POLICY,
          UNLOCK_AGAIN,
        ],
        why: "The directory no longer knows the principal {principalId}. A new identity has a new principal, so the rights of the old one do not apply to it.",
      },
    },
    why: {
      en: "The broker calls the vault with the order's own identity, and the order has none that exists.",
      de: "Der Broker ruft den Tresor mit der eigenen Identität des Auftrags auf, und der Auftrag hat keine, die es gibt.",
    },
    meanwhile: MEANWHILE,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"identity":{"type":"None"}}\'',
  }),
  SsemUserErrorUserAssignedIdentityAbsent: refused(400, "order-owner", {
    title: {
      en: "The user-assigned identity is missing",
      de: "Die benutzerseitig zugewiesene Identität fehlt",
    },
    message: {
      en: "The user-assigned identity that should use the key is not available to the order",
      de: "Die benutzerseitig zugewiesene Identität, die den Schlüssel nutzen soll, steht dem Auftrag nicht zur Verfügung",
    },
    ask: {
      en: "Ask the owner of order {orderName} to attach a user-assigned identity that may use the key, then try again.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, ihm eine benutzerseitig zugewiesene Identität zuzuordnen, die den Schlüssel nutzen darf, und versuchen Sie es dann erneut.",
    },
    steps: [SHOW_IDENTITY, ...USE_ANOTHER_USER_IDENTITY, UNLOCK_AGAIN],
    reasons: {
      "not-attached": {
        message: {
          en: "The user-assigned identity that should use the key is not attached to the order",
          de: "Die benutzerseitig zugewiesene Identität, die den Schlüssel nutzen soll, ist dem Auftrag nicht zugeordnet",
        },
        steps: [SHOW_IDENTITY, SELECT_USER_IDENTITY, UNLOCK_AGAIN],
        why: "keyEncryptionKey names an identity that is not among the order's userAssignedIdentities.",
      },
      "identity-deleted": {
        message: {
          en: "The user-assigned identity that should use the key was deleted",
          de: "Die benutzerseitig zugewiesene Identität, die den Schlüssel nutzen soll, wurde gelöscht",
        },
        why: "Resource Manager no longer has the identity {identityId}.",
        reproduce: "az identity delete --ids {identityId}",
      },
      "federation-missing": {
        message: {
          en: "The user-assigned identity does not trust the broker",
          de: "Die benutzerseitig zugewiesene Identität vertraut dem Broker nicht",
        },
        who: "security-administrator",
        ask: {
          en: "Ask your security administrator to let identity {identityName} trust the broker by a federated credential, then try again.",
          de: "Bitten Sie Ihren Sicherheitsadministrator, die Identität {identityName} dem Broker durch Verbundanmeldeinformationen vertrauen zu lassen, und versuchen Sie es dann erneut.",
        },
        steps: [ADD_FEDERATION, UNLOCK_AGAIN],
        why: "The broker signs in as the identity with a token of its own issuer, which the identity must trust for this order (subject). No federated credential matches.",
        reproduce:
          "az identity federated-credential delete --yes --name databox-cmk --identity-name {identityName} --resource-group {identityResourceGroup}",
      },
      "federation-limit": {
        message: {
          en: "The user-assigned identity has as many federated credentials as Azure allows",
          de: "Die benutzerseitig zugewiesene Identität hat so viele Verbundanmeldeinformationen, wie Azure erlaubt",
        },
        steps: [CREATE_IDENTITY, NAME_ANOTHER],
        why: "Each order needs a federated credential of its own, and Azure allows 20 for each identity. So one identity serves 20 orders.",
      },
      "identity-hidden": {
        message: {
          en: "The broker may not read the user-assigned identity",
          de: "Der Broker darf die benutzerseitig zugewiesene Identität nicht lesen",
        },
        who: "security-administrator",
        ask: {
          en: "Ask your security administrator to let the broker read identity {identityName}, then try again.",
          de: "Bitten Sie Ihren Sicherheitsadministrator, den Broker die Identität {identityName} lesen zu lassen, und versuchen Sie es dann erneut.",
        },
        steps: [
          {
            en: "Assign Managed Identity Contributor on the identity to the broker's own identity, which then adds its federated credential itself; Reader is enough if you add it by the next step (portal: managed identity > Access control (IAM) > Add role assignment)",
            de: "Weisen Sie an der Identität der eigenen Identität des Brokers die Rolle „Managed Identity Contributor“ zu, die dann ihre Verbundanmeldeinformationen selbst hinzufügt; „Reader“ genügt, wenn Sie sie durch den nächsten Schritt hinzufügen (Portal: Verwaltete Identität > Zugriffssteuerung (IAM) > Rollenzuweisung hinzufügen)",
          },
          ADD_FEDERATION,
          REPEAT_CHANGE,
        ],
        why: "Resource Manager answered 403 to the broker for {identityId}, so the broker cannot learn its client id and principal.",
      },
      "identity-protected": {
        message: {
          en: "Azure does not let the user-assigned identity be changed",
          de: "Azure lässt nicht zu, dass die benutzerseitig zugewiesene Identität geändert wird",
        },
        who: "security-administrator",
        ask: {
          en: "Ask your security administrator to remove the lock or the policy that protects identity {identityName} from changes, then try again.",
          de: "Bitten Sie Ihren Sicherheitsadministrator, die Sperre oder die Richtlinie aufzuheben, die Änderungen an der Identität {identityName} verhindert, und versuchen Sie es dann erneut.",
        },
        steps: [
          {
            en: "Remove the lock from the identity's resource group or subscription, or exempt the identity from the policy; the detail has Azure's code (portal: managed identity > Locks; Policy > Compliance)",
            de: "Entfernen Sie die Sperre von der Ressourcengruppe oder dem Abonnement der Identität, oder nehmen Sie die Identität von der Richtlinie aus; das Detail nennt den Code von Azure (Portal: Verwaltete Identität > Sperren; Richtlinie > Compliance)",
          },
          ADD_FEDERATION,
          REPEAT_CHANGE,
        ],
        why: "Resource Manager refused the federated credential, for example with ScopeLocked or RequestDisallowedByPolicy.",
      },
    },
    why: {
      en: "The identity was detached, deleted, or does not let the broker sign in for this order.",
      de: "Die Identität wurde getrennt oder gelöscht, oder sie lässt den Broker sich für diesen Auftrag nicht anmelden.",
    },
    meanwhile: MEANWHILE,
    reproduce: "az identity delete --ids {identityId}",
  }),
  SsemUserErrorUserAssignedLimitReached: invalid(400, "order-owner", {
    title: {
      en: "Too many user-assigned identities",
      de: "Zu viele benutzerseitig zugewiesene Identitäten",
    },
    message: {
      en: "The order cannot have more user-assigned identities",
      de: "Der Auftrag kann nicht mehr benutzerseitig zugewiesene Identitäten haben",
    },
    ask: {
      en: "Ask the owner of order {orderName} to remove user-assigned identities that it does not need, then try again.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, benutzerseitig zugewiesene Identitäten zu entfernen, die er nicht braucht, und versuchen Sie es dann erneut.",
    },
    steps: [
      SHOW_IDENTITY,
      {
        en: "Detach identities that are not needed, by setting them to null in userAssignedIdentities; at most {maximumCount} are allowed (portal: order > Encryption > Select identity type)",
        de: "Trennen Sie Identitäten, die nicht gebraucht werden, indem Sie sie in userAssignedIdentities auf null setzen; höchstens {maximumCount} sind erlaubt (Portal: Auftrag > Verschlüsselung > Identitätstyp)",
      },
    ],
    why: {
      en: "Each order can have a limited number of user-assigned identities; only one of them can use the key.",
      de: "Jeder Auftrag nimmt eine begrenzte Zahl benutzerseitig zugewiesener Identitäten auf; nur eine davon kann den Schlüssel nutzen.",
    },
    meanwhile: {
      en: "The change is not made; the order keeps its current identities.",
      de: "Die Änderung wird nicht vorgenommen; der Auftrag behält seine aktuellen Identitäten.",
    },
  }),
  SsemUserErrorCrossTenantIdentityAccessForbidden: refused(400, "security-administrator", {
    title: {
      en: "The identity belongs to another tenant",
      de: "Die Identität gehört zu einem anderen Mandanten",
    },
    message: {
      en: "The identity that should use the key belongs to another tenant",
      de: "Die Identität, die den Schlüssel nutzen soll, gehört zu einem anderen Mandanten",
    },
    ask: {
      en: "Ask your security administrator for an identity in tenant {tenantId} that may use key {keyName}, then try again.",
      de: "Bitten Sie Ihren Sicherheitsadministrator um eine Identität im Mandanten {tenantId}, die den Schlüssel {keyName} nutzen darf, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Agree with the order owner on an identity of this tenant, and create it as follows",
        de: "Einigen Sie sich mit dem Besitzer des Auftrags auf eine Identität dieses Mandanten, die so erstellt wird",
      },
      ...USE_ANOTHER_USER_IDENTITY,
      UNLOCK_AGAIN,
    ],
    why: {
      en: "Managed identities stay behind when their subscription moves to another tenant; tokens of the old tenant are not valid in the new one.",
      de: "Verwaltete Identitäten bleiben zurück, wenn ihr Abonnement in einen anderen Mandanten umzieht; Token des alten Mandanten sind im neuen nicht gültig.",
    },
    meanwhile: MEANWHILE,
  }),
  SsemUserErrorKekUserIdentityNotFound: refused(400, "order-owner", {
    title: {
      en: "The identity is not in the directory",
      de: "Die Identität ist nicht im Verzeichnis",
    },
    message: {
      en: "The directory does not know the user-assigned identity that should use the key",
      de: "Das Verzeichnis kennt die benutzerseitig zugewiesene Identität nicht, die den Schlüssel nutzen soll",
    },
    ask: {
      en: "Ask the owner of order {orderName} to select another user-assigned identity, then try again.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, eine andere benutzerseitig zugewiesene Identität auszuwählen, und versuchen Sie es dann erneut.",
    },
    steps: [LIST_IDENTITIES, ...USE_ANOTHER_USER_IDENTITY, UNLOCK_AGAIN],
    reasons: {
      "not-found": {
        message: {
          en: "There is no user-assigned identity of this id",
          de: "Eine benutzerseitig zugewiesene Identität mit dieser ID gibt es nicht",
        },
        ask: {
          en: "Ask the owner of order {orderName} to name a user-assigned identity that exists, then try again.",
          de: "Bitten Sie den Besitzer des Auftrags {orderName}, eine benutzerseitig zugewiesene Identität zu nennen, die es gibt, und versuchen Sie es dann erneut.",
        },
        steps: [LIST_IDENTITIES, NAME_ANOTHER],
        why: "Resource Manager does not know the identity that the change names.",
      },
    },
    why: {
      en: "Microsoft Entra ID answered that the identity's application does not exist in the tenant (AADSTS700016): it was deleted from the directory.",
      de: "Microsoft Entra ID hat geantwortet, dass es die Anwendung der Identität im Mandanten nicht gibt (AADSTS700016): Sie wurde aus dem Verzeichnis gelöscht.",
    },
    meanwhile: MEANWHILE,
    reproduce: "az identity delete --ids {identityId}",
  }),
};
