import type { Step, Text } from "../row.ts";
import { unreachable } from "./classes.ts";
import { faultCommand } from "./reproduce.ts";
import { CONTACT_BROKER_OPERATOR, TRY_AGAIN, UNLOCK_WITHOUT_NETWORK } from "./steps.ts";

const GRACE = {
  en: "There was no authoritative refusal, so nothing re-locks and nothing stored changes. The broker repeats a broken call once, and asks again at the next try.",
  de: "Es gab keine maßgebliche Verweigerung, daher sperrt sich nichts wieder, und nichts Gespeichertes ändert sich. Der Broker wiederholt einen abgebrochenen Aufruf einmal und fragt beim nächsten Versuch erneut.",
} as const satisfies Text;
const WAIT = {
  en: "Wait a minute: outages end without action, and the broker asks again at each try",
  de: "Warten Sie eine Minute: Ausfälle enden ohne Zutun, und der Broker fragt bei jedem Versuch erneut",
} as const satisfies Step<Text>;
const CHECK_BROKER_NAME = {
  en: "See whether the broker's name resolves and answers from the appliance's network",
  de: "Sehen Sie nach, ob sich der Name des Brokers aus dem Netz des Geräts auflösen lässt und ob der Broker antwortet",
  command: "curl --head {brokerUrl}/healthz",
} as const satisfies Step<Text>;

/** Who can cure a sign-in of the broker, and of an order's identity. */
const OPERATOR_SIGNS_IN = {
  who: "broker-operator",
  ask: {
    en: "Tell the broker's operator that the broker cannot sign in at Azure; the customer's key was not refused.",
    de: "Sagen Sie dem Betreiber des Dienstes, dass sich der Broker bei Azure nicht anmelden kann; der Schlüssel des Kunden wurde nicht verweigert.",
  },
} as const;
const ADMINISTRATOR_ALLOWS = {
  who: "security-administrator",
  ask: {
    en: "Ask your security administrator to let the order's identity {principalId} sign in at Microsoft Entra ID, then try again; the key was not refused.",
    de: "Bitten Sie Ihren Sicherheitsadministrator, die Identität {principalId} des Auftrags sich bei Microsoft Entra ID anmelden zu lassen, und versuchen Sie es dann erneut; der Schlüssel wurde nicht verweigert.",
  },
} as const;
const REPEAT_CHANGE = {
  en: "Repeat the change of the order if it was not made",
  de: "Wiederholen Sie die Änderung des Auftrags, wenn sie nicht vorgenommen wurde",
  for: "order-owner",
} as const satisfies Step<Text>;
/** Resource Manager refused what the broker's operator can allow. */
const operatorAllows = (step: Step<Text>) =>
  ({
    who: "broker-operator",
    ask: {
      en: "Tell the broker's operator what Azure Resource Manager refuses; the key was not refused.",
      de: "Sagen Sie dem Betreiber des Dienstes, was Azure Resource Manager ablehnt; der Schlüssel wurde nicht verweigert.",
    },
    steps: [step, REPEAT_CHANGE],
  }) as const;

/** No authoritative answer: retry, and never treat it as a refusal. */
export const NETWORK_ERRORS = {
  KeyVaultUnreachable: unreachable(503, "nobody", {
    title: { en: "The vault does not answer", de: "Der Tresor antwortet nicht" },
    message: {
      en: "The key vault cannot be reached",
      de: "Der Schlüsseltresor ist nicht erreichbar",
    },
    ask: {
      en: "The key was not refused: key vault {vaultName} does not answer the broker. Wait and try again.",
      de: "Der Schlüssel wurde nicht verweigert: Der Schlüsseltresor {vaultName} antwortet dem Broker nicht. Warten Sie, und versuchen Sie es erneut.",
    },
    steps: [WAIT, TRY_AGAIN],
    reasons: {
      dns: {
        message: {
          en: "The name of the key vault cannot be resolved",
          de: "Der Name des Schlüsseltresors lässt sich nicht auflösen",
        },
        why: "The broker's name service gave no answer, or no conclusive one. If it reports that a name does not exist, the broker confirms this with Resource Manager first.",
        reproduce: faultCommand("--dns timeout --vault {vaultName}"),
      },
      connection: {
        message: {
          en: "No connection to the key vault can be made",
          de: "Zum Schlüsseltresor lässt sich keine Verbindung herstellen",
        },
        why: "The connection was refused, reset or has no route.",
        reproduce: faultCommand("--vault {vaultName} --reset"),
      },
      timeout: {
        message: {
          en: "The key vault did not answer in time",
          de: "Der Schlüsseltresor hat nicht rechtzeitig geantwortet",
        },
        why: "The connection was made, but no answer came within the time limit.",
        reproduce: faultCommand("--vault {vaultName} --latency 60000"),
      },
      "server-error": {
        message: {
          en: "The key vault reported an internal fault",
          de: "Der Schlüsseltresor hat einen internen Fehler gemeldet",
        },
        why: "The vault answered with a 5xx status, or could not check a token's signing key (AKV10046).",
        reproduce: faultCommand("--vault {vaultName} --status 503"),
      },
      certificate: {
        message: {
          en: "The key vault's certificate is not trusted",
          de: "Dem Zertifikat des Schlüsseltresors wird nicht vertraut",
        },
        who: "broker-operator",
        ask: {
          en: "Tell the broker's operator that the certificate of key vault {vaultName} is not trusted; the key was not refused.",
          de: "Sagen Sie dem Betreiber des Dienstes, dass dem Zertifikat des Schlüsseltresors {vaultName} nicht vertraut wird; der Schlüssel wurde nicht verweigert.",
        },
        steps: [
          {
            en: "Check the certificate that the broker receives; someone may be intercepting the connection",
            de: "Sehen Sie sich das Zertifikat an, das der Broker sieht; vielleicht fängt jemand die Verbindung ab",
            command: "openssl s_client -connect {vaultHost}",
          },
          {
            en: "Correct the trusted authorities or the proxy of the broker; never turn verification off",
            de: "Berichtigen Sie die vertrauten Zertifizierungsstellen oder den Proxy des Brokers; schalten Sie die Prüfung nie aus",
          },
        ],
        why: "The certificate does not chain to an authority that the broker trusts, has expired or names another host. The broker sends it no token.",
      },
    },
    why: {
      en: "The network between the broker and the vault, or the vault itself, is down.",
      de: "Das Netz zwischen Broker und Tresor oder der Tresor selbst ist ausgefallen.",
    },
    meanwhile: GRACE,
    reproduce: faultCommand("--vault {vaultName} --reset"),
  }),
  KeyVaultThrottled: unreachable(503, "nobody", {
    title: { en: "The vault is busy", de: "Der Tresor ist ausgelastet" },
    message: {
      en: "The key vault accepts no further requests at the moment",
      de: "Der Schlüsseltresor nimmt im Augenblick keine weiteren Anforderungen an",
    },
    ask: {
      en: "Wait {retryAfterSeconds} seconds, then try again; the vault is busy and the key was not refused.",
      de: "Warten Sie {retryAfterSeconds} Sekunden, und versuchen Sie es dann erneut; der Tresor ist ausgelastet, und der Schlüssel wurde nicht verweigert.",
    },
    steps: [WAIT, TRY_AGAIN],
    why: {
      en: "The vault answered 429: it allows 4,000 RSA-2048 operations in ten seconds, and other users of the vault count too.",
      de: "Der Tresor hat mit 429 geantwortet: Er erlaubt 4.000 RSA-2048-Vorgänge in zehn Sekunden, und andere Benutzer des Tresors zählen mit.",
    },
    meanwhile: {
      en: `${GRACE.en} The broker calls a busy vault up to three times, with pauses of one and two seconds and jitter, because the vault does not always say how long to wait.`,
      de: `${GRACE.de} Der Broker ruft einen ausgelasteten Tresor bis zu dreimal auf, mit Pausen von einer und zwei Sekunden und etwas Zufall, weil der Tresor nicht immer sagt, wie lange zu warten ist.`,
    },
    reproduce: faultCommand("--vault {vaultName} --status 429"),
  }),
  KeyVaultUnexpectedAnswer: unreachable(502, "broker-operator", {
    title: {
      en: "The vault gave an invalid answer",
      de: "Der Tresor hat eine ungültige Antwort gegeben",
    },
    message: {
      en: "The key vault's answer cannot be understood",
      de: "Die Antwort des Schlüsseltresors ist nicht zu verstehen",
    },
    ask: {
      en: "Tell the broker's operator the correlation id {correlationId}; the key was not refused.",
      de: "Nennen Sie dem Betreiber des Dienstes die Korrelations-ID {correlationId}; der Schlüssel wurde nicht verweigert.",
    },
    steps: [
      CONTACT_BROKER_OPERATOR,
      {
        en: "Look for a proxy between the broker and the vault that answers in its place",
        de: "Suchen Sie nach einem Proxy zwischen Broker und Tresor, der an dessen Stelle antwortet",
      },
      TRY_AGAIN,
    ],
    reasons: {
      challenge: {
        message: {
          en: "The key vault does not say for which resource it takes tokens",
          de: "Der Schlüsseltresor sagt nicht, für welche Ressource er Token annimmt",
        },
        steps: [
          CONTACT_BROKER_OPERATOR,
          {
            en: "Look for a proxy between the broker and the vault that changes WWW-Authenticate; the broker sends no token to a resource that is not a vault",
            de: "Suchen Sie nach einem Proxy zwischen Broker und Tresor, der WWW-Authenticate ändert; der Broker sendet kein Token an eine Ressource, die kein Tresor ist",
          },
          TRY_AGAIN,
        ],
        why: "The vault's answer to a call without a token has no challenge, or one that names a foreign resource (WWW-Authenticate).",
      },
      "token-refused": {
        message: {
          en: "The key vault does not accept the broker's token",
          de: "Der Schlüsseltresor nimmt das Token des Brokers nicht an",
        },
        steps: [
          CONTACT_BROKER_OPERATOR,
          {
            en: "Compare the clock of the broker's machine, and the cloud of KEY_VAULT_SUFFIXES with that of ENTRA_AUTHORITY",
            de: "Vergleichen Sie die Uhr der Maschine des Brokers, und die Cloud von KEY_VAULT_SUFFIXES mit der von ENTRA_AUTHORITY",
          },
          TRY_AGAIN,
        ],
        why: "The vault answered 401 to a fresh token too: it is expired, too early, or for another audience. Rights are another matter: those are 403.",
      },
      "content-key-size": {
        message: {
          en: "The key vault's result has the wrong size",
          de: "Das Ergebnis des Schlüsseltresors hat die falsche Größe",
        },
        why: "An unwrapped content key has 32 bytes; the vault's result has another size, so it is not the key that was wrapped.",
      },
    },
    why: {
      en: "The answer is not the vault's JSON: a proxy's page, half a body, an unknown status. It proves nothing, so it is not a refusal.",
      de: "Die Antwort ist nicht das JSON des Tresors: die Seite eines Proxys, ein halber Textkörper, ein unbekannter Status. Sie beweist nichts, daher ist sie keine Verweigerung.",
    },
    meanwhile: GRACE,
    reproduce: faultCommand("--vault {vaultName} --garbage"),
  }),
  IdentityProviderUnreachable: unreachable(503, "nobody", {
    title: {
      en: "The broker cannot sign in at Azure",
      de: "Der Broker kann sich bei Azure nicht anmelden",
    },
    message: {
      en: "The identity provider cannot be reached",
      de: "Der Identitätsanbieter ist nicht erreichbar",
    },
    ask: {
      en: "The key was not refused: the broker cannot sign in at the moment. Wait and try again.",
      de: "Der Schlüssel wurde nicht verweigert: Der Broker kann sich im Augenblick nicht anmelden. Warten Sie, und versuchen Sie es erneut.",
    },
    steps: [WAIT, TRY_AGAIN],
    reasons: {
      entra: {
        message: {
          en: "Microsoft Entra ID cannot be reached",
          de: "Microsoft Entra ID ist nicht erreichbar",
        },
        why: "The token endpoint does not answer, answers with a 5xx status or says temporarily_unavailable.",
        reproduce: faultCommand("--service entra --status 503"),
      },
      imds: {
        message: {
          en: "The machine's identity service cannot be reached",
          de: "Der Identitätsdienst der Maschine ist nicht erreichbar",
        },
        why: "The instance metadata service of the broker's machine does not answer, or says that it is being updated (404, 410, 429, 5xx).",
        reproduce: faultCommand("--service imds --status 500"),
      },
      "imds-answer": {
        message: {
          en: "The machine's identity service gave an answer that is not its own",
          de: "Der Identitätsdienst der Maschine hat eine Antwort gegeben, die nicht von ihm ist",
        },
        ...OPERATOR_SIGNS_IN,
        steps: [
          {
            en: "Let the broker's machine reach 169.254.169.254 directly, past every proxy",
            de: "Lassen Sie die Maschine des Brokers 169.254.169.254 unmittelbar erreichen, an jedem Proxy vorbei",
          },
          TRY_AGAIN,
        ],
        why: "The answer has a status that the instance metadata service does not give, or no token, such as a proxy's page.",
      },
      "own-identity": {
        message: {
          en: "The broker's own identity cannot sign in",
          de: "Die eigene Identität des Brokers kann sich nicht anmelden",
        },
        ...OPERATOR_SIGNS_IN,
        steps: [
          {
            en: "See whether the identity of BROKER_CLIENT_ID exists, is assigned to the broker's machine or trusts its service account, and is named if the machine has several",
            de: "Sehen Sie nach, ob es die Identität von BROKER_CLIENT_ID gibt, ob sie der Maschine des Brokers zugewiesen ist oder deren Dienstkonto vertraut, und ob sie genannt ist, wenn die Maschine mehrere hat",
          },
          TRY_AGAIN,
        ],
        why: "The instance metadata service answered 400 (Identity not found, or several of them), or Microsoft Entra ID refuses the broker's service account.",
      },
      blocked: {
        message: {
          en: "A policy of Microsoft Entra ID blocks the sign-in of the order's identity",
          de: "Eine Richtlinie von Microsoft Entra ID blockiert die Anmeldung der Identität des Auftrags",
        },
        ...ADMINISTRATOR_ALLOWS,
        steps: [
          {
            en: "Find the sign-in of identity {principalId} in the log, and exempt it from the policy that failed (portal: Microsoft Entra ID > Sign-in logs > Service principal or managed identity sign-ins)",
            de: "Suchen Sie im Protokoll die Anmeldung der Identität {principalId}, und nehmen Sie sie von der Richtlinie aus, die sie verhindert (Portal: Microsoft Entra ID > Anmeldeprotokolle > Anmeldungen von Dienstprinzipalen oder verwalteten Identitäten)",
          },
          TRY_AGAIN,
        ],
        why: "Entra ID answered with a number of Conditional Access, of a revoked session or of a missing assignment (AADSTS53003, AADSTS530035, AADSTS50105, AADSTS50173).",
      },
      resource: {
        message: {
          en: "The tenant does not admit Azure Key Vault",
          de: "Der Mandant lässt Azure Key Vault nicht zu",
        },
        ...ADMINISTRATOR_ALLOWS,
        steps: [
          {
            en: "Create or enable the enterprise application Azure Key Vault, cfa8b339-82a2-471a-a3c9-0fc0be7a4093, and consent to it (portal: Microsoft Entra ID > Enterprise applications > Microsoft Applications)",
            de: "Erstellen oder aktivieren Sie die Unternehmensanwendung Azure Key Vault, cfa8b339-82a2-471a-a3c9-0fc0be7a4093, und stimmen Sie ihr zu (Portal: Microsoft Entra ID > Unternehmensanwendungen > Microsoft-Anwendungen)",
          },
          TRY_AGAIN,
        ],
        why: "Entra ID does not find the principal of Key Vault in the tenant, it is disabled, or nobody consented to it (AADSTS500011, AADSTS500014, AADSTS65001).",
      },
      tenant: {
        message: {
          en: "The tenant of the order is blocked",
          de: "Der Mandant des Auftrags ist gesperrt",
        },
        ...ADMINISTRATOR_ALLOWS,
        steps: [
          {
            en: "Have the tenant's block or its tenant restrictions lifted, if need be by a support request to Microsoft",
            de: "Lassen Sie die Sperre des Mandanten oder seine Mandanteneinschränkungen aufheben, notfalls durch eine Supportanfrage bei Microsoft",
          },
          TRY_AGAIN,
        ],
        why: "Entra ID issues no tokens of this tenant (AADSTS5000224, AADSTS500021).",
      },
      cloud: {
        message: {
          en: "The broker signs in at another cloud than the tenant's",
          de: "Der Broker meldet sich in einer anderen Cloud an als der des Mandanten",
        },
        ...OPERATOR_SIGNS_IN,
        steps: [
          {
            en: "Compare ENTRA_AUTHORITY and AZURE_CLOUD with the cloud of the tenant",
            de: "Vergleichen Sie ENTRA_AUTHORITY und AZURE_CLOUD mit der Cloud des Mandanten",
          },
          TRY_AGAIN,
        ],
        why: "Entra ID says that the tenant belongs to another cloud (AADSTS900382, AADSTS900439).",
      },
      "entra-refused": {
        message: {
          en: "Microsoft Entra ID does not accept the sign-in, by a number that is not in our table",
          de: "Microsoft Entra ID nimmt die Anmeldung nicht an, mit einer Nummer, die nicht in unserer Tabelle steht",
        },
        ...OPERATOR_SIGNS_IN,
        steps: [
          {
            en: "Look up the AADSTS number at https://login.microsoftonline.com/error; the detail names it, with Entra ID's own words",
            de: "Schlagen Sie die AADSTS-Nummer unter https://login.microsoftonline.com/error nach; das Detail nennt sie, mit den eigenen Worten von Entra ID",
          },
          CONTACT_BROKER_OPERATOR,
          TRY_AGAIN,
        ],
        why: "Entra ID answered with an error whose number we cannot place. That is not a decision on the identity, so it counts as an outage.",
      },
      assertion: {
        message: {
          en: "Microsoft Entra ID does not accept the broker's assertion yet",
          de: "Microsoft Entra ID nimmt den Nachweis des Brokers noch nicht an",
        },
        who: "broker-operator",
        ask: {
          en: "Tell the broker's operator that Microsoft Entra ID does not know the broker's signing key; the customer's key was not refused.",
          de: "Sagen Sie dem Betreiber des Dienstes, dass Microsoft Entra ID den Signaturschlüssel des Brokers nicht kennt; der Schlüssel des Kunden wurde nicht verweigert.",
        },
        steps: [
          {
            en: "Compare the keys that the broker publishes with the one that it signs by",
            de: "Vergleichen Sie die Schlüssel, die der Broker veröffentlicht, mit dem, mit dem er signiert",
            command: "curl {brokerUrl}/oidc/v1/keys",
          },
          TRY_AGAIN,
        ],
        why: "Entra ID cannot verify the assertion by which the broker signs in: a new issuer key is not known to it yet (AADSTS700027, AADSTS7000272, AADSTS50013).",
      },
      clock: {
        message: {
          en: "The clock of the broker's machine is wrong",
          de: "Die Uhr der Maschine des Brokers geht falsch",
        },
        who: "broker-operator",
        ask: {
          en: "Tell the broker's operator to set the clock of the broker's machine; the customer's key was not refused.",
          de: "Bitten Sie den Betreiber des Dienstes, die Uhr der Maschine des Brokers zu stellen; der Schlüssel des Kunden wurde nicht verweigert.",
        },
        steps: [
          {
            en: "Set the clock of the broker's machine from a time server",
            de: "Stellen Sie die Uhr der Maschine des Brokers nach einem Zeitserver",
            command: "timedatectl set-ntp true",
          },
          TRY_AGAIN,
        ],
        why: "Entra ID says that the broker's assertion is not valid at its time (AADSTS700024, AADSTS500133), or the broker's clock differs from Azure's by more than a minute.",
      },
    },
    why: {
      en: "The broker needs a token to call the vault and cannot get one.",
      de: "Der Broker braucht ein Token, um den Tresor zu fragen, und bekommt keines.",
    },
    meanwhile: GRACE,
    reproduce: faultCommand("--service entra --status 503"),
  }),
  ResourceManagerUnreachable: unreachable(503, "nobody", {
    title: {
      en: "Resource Manager does not do what the broker asks",
      de: "Resource Manager tut nicht, worum der Broker bittet",
    },
    message: {
      en: "Azure Resource Manager cannot be reached",
      de: "Azure Resource Manager ist nicht erreichbar",
    },
    ask: {
      en: "Wait a minute, then try again; the key was not refused.",
      de: "Warten Sie eine Minute, und versuchen Sie es dann erneut; der Schlüssel wurde nicht verweigert.",
    },
    steps: [WAIT, REPEAT_CHANGE],
    reasons: {
      lock: {
        message: {
          en: "A resource lock in Azure prevents the change",
          de: "Eine Ressourcensperre in Azure verhindert die Änderung",
        },
        ...operatorAllows({
          en: "Remove the lock from resource group {identityResourceGroup} or its subscription (portal: resource group > Locks)",
          de: "Entfernen Sie die Sperre von der Ressourcengruppe {identityResourceGroup} oder ihrem Abonnement (Portal: Ressourcengruppe > Sperren)",
        }),
        why: "Resource Manager answered ScopeLocked to a change of an order's system-assigned identity, which is in the broker's own resource group.",
      },
      policy: {
        message: {
          en: "A policy in Azure does not allow the change",
          de: "Eine Richtlinie in Azure lässt die Änderung nicht zu",
        },
        ...operatorAllows({
          en: "Exempt resource group {identityResourceGroup} from the policy (portal: Policy > Exemptions)",
          de: "Nehmen Sie die Ressourcengruppe {identityResourceGroup} von der Richtlinie aus (Portal: Richtlinie > Ausnahmen)",
        }),
        why: "Resource Manager answered RequestDisallowedByPolicy.",
      },
      quota: {
        message: {
          en: "A limit in Azure is reached",
          de: "Eine Grenze in Azure ist erreicht",
        },
        ...operatorAllows({
          en: "Remove what is no longer needed, or have the limit raised; the detail has Azure's code (portal: subscription > Usage + quotas)",
          de: "Entfernen Sie, was nicht mehr gebraucht wird, oder lassen Sie die Grenze erhöhen; das Detail nennt den Code von Azure (Portal: Abonnement > Nutzung + Kontingente)",
        }),
        why: "Resource Manager answered QuotaExceeded or another limit.",
      },
      refused: {
        message: {
          en: "Azure Resource Manager refuses the broker's request",
          de: "Azure Resource Manager lehnt die Anforderung des Brokers ab",
        },
        ...operatorAllows({
          en: "Look up Azure's code, which the detail names: the subscription may be disabled, or a resource provider not registered",
          de: "Schlagen Sie den Code von Azure nach, den das Detail nennt: Vielleicht ist das Abonnement deaktiviert oder ein Ressourcenanbieter nicht registriert",
        }),
        why: "Resource Manager answered with a 4xx status and a code of its own, such as ReadOnlyDisabledSubscription or MissingSubscriptionRegistration.",
      },
      "not-permitted": {
        message: {
          en: "The broker may not manage the identities of orders",
          de: "Der Broker darf die Identitäten der Aufträge nicht verwalten",
        },
        ...operatorAllows({
          en: "Assign Managed Identity Contributor on resource group {identityResourceGroup} to the broker's own identity (portal: resource group > Access control (IAM))",
          de: "Weisen Sie an der Ressourcengruppe {identityResourceGroup} der eigenen Identität des Brokers die Rolle „Managed Identity Contributor“ zu (Portal: Ressourcengruppe > Zugriffssteuerung (IAM))",
        }),
        why: "Resource Manager answered 403, or does not know the broker's own resource group (IDENTITY_RESOURCE_GROUP).",
      },
      "roles-hidden": {
        message: {
          en: "The broker may not read role assignments",
          de: "Der Broker darf Rollenzuweisungen nicht lesen",
        },
        ...operatorAllows({
          en: "Assign Reader on subscription {subscriptionId} to the broker's own identity, or check that this subscription exists in its tenant (portal: subscription > Access control (IAM))",
          de: "Weisen Sie am Abonnement {subscriptionId} der eigenen Identität des Brokers die Rolle „Reader“ zu, oder prüfen Sie, dass es dieses Abonnement in ihrem Mandanten gibt (Portal: Abonnement > Zugriffssteuerung (IAM))",
        }),
        why: "Who may read or change an order, and whose approval counts, is decided by role assignments. Resource Manager does not show them to the broker, so it cannot know; nothing is said about the caller or the approvers.",
      },
      unexpected: {
        message: {
          en: "The answer of Azure Resource Manager cannot be understood",
          de: "Die Antwort von Azure Resource Manager ist nicht zu verstehen",
        },
        ...operatorAllows({
          en: "Look for a proxy between the broker and ARM_URL that answers in its place",
          de: "Suchen Sie nach einem Proxy zwischen dem Broker und ARM_URL, der an dessen Stelle antwortet",
        }),
        why: "The answer is not Resource Manager's JSON, or not the resource that was asked for.",
      },
      "token-refused": {
        message: {
          en: "Azure Resource Manager does not accept the broker's token",
          de: "Azure Resource Manager nimmt das Token des Brokers nicht an",
        },
        who: "broker-operator",
        ask: {
          en: "Tell the broker's operator that Azure Resource Manager does not accept the broker's token; the key was not refused.",
          de: "Sagen Sie dem Betreiber des Dienstes, dass Azure Resource Manager das Token des Brokers nicht annimmt; der Schlüssel wurde nicht verweigert.",
        },
        steps: [
          CONTACT_BROKER_OPERATOR,
          {
            en: "Compare the clock of the broker's machine, and the cloud of ARM_URL with that of ENTRA_AUTHORITY",
            de: "Vergleichen Sie die Uhr der Maschine des Brokers, und die Cloud von ARM_URL mit der von ENTRA_AUTHORITY",
          },
          TRY_AGAIN,
        ],
        why: "Resource Manager answered 401: the broker's token is expired, too early, or for another audience.",
      },
    },
    why: {
      en: "The broker asks Resource Manager for vaults, regions and identities, and got no authoritative answer.",
      de: "Der Broker fragt Resource Manager nach Tresoren, Regionen und Identitäten und bekam keine maßgebliche Antwort.",
    },
    meanwhile: GRACE,
    reproduce: faultCommand("--service resource-manager --operation GET --status 503"),
  }),
  BrokerUnreachable: unreachable(503, "site-operator", {
    title: { en: "The broker does not answer", de: "Der Broker antwortet nicht" },
    message: {
      en: "The broker cannot be reached from the appliance",
      de: "Der Broker ist vom Gerät aus nicht erreichbar",
    },
    ask: {
      en: "Check the appliance's network cable, network settings and proxy, then try again; the key was not refused.",
      de: "Prüfen Sie Netzwerkkabel, Netzwerkeinstellungen und Proxy des Geräts, und versuchen Sie es dann erneut; der Schlüssel wurde nicht verweigert.",
    },
    steps: [CHECK_BROKER_NAME, TRY_AGAIN, UNLOCK_WITHOUT_NETWORK],
    reasons: {
      dns: {
        message: {
          en: "The name of the broker cannot be resolved",
          de: "Der Name des Brokers lässt sich nicht auflösen",
        },
        steps: [
          {
            en: "Check the DNS server in the appliance's network settings, and that the name in {brokerUrl} is right",
            de: "Prüfen Sie den DNS-Server in den Netzwerkeinstellungen des Geräts und ob der Name in {brokerUrl} stimmt",
          },
          CHECK_BROKER_NAME,
          TRY_AGAIN,
          UNLOCK_WITHOUT_NETWORK,
        ],
        why: "No name server answered, or it does not know the broker's name.",
      },
      connection: {
        message: {
          en: "No connection to the broker can be made",
          de: "Zum Broker lässt sich keine Verbindung herstellen",
        },
        steps: [
          {
            en: "Check the cable, the gateway and that the site's firewall lets the appliance reach {brokerUrl}",
            de: "Prüfen Sie das Kabel, das Gateway und dass die Firewall des Standorts das Gerät {brokerUrl} erreichen lässt",
          },
          CHECK_BROKER_NAME,
          TRY_AGAIN,
          UNLOCK_WITHOUT_NETWORK,
        ],
        why: "The connection was refused, reset or has no route.",
      },
      timeout: {
        message: {
          en: "The broker did not answer in time",
          de: "Der Broker hat nicht rechtzeitig geantwortet",
        },
        why: "A firewall drops packets, or the broker is overloaded.",
      },
      certificate: {
        message: {
          en: "The broker's certificate is not trusted",
          de: "Dem Zertifikat des Brokers wird nicht vertraut",
        },
        steps: [
          {
            en: "Compare the appliance's date with today's and set it if it is wrong: with a wrong date, every certificate seems expired or not valid yet",
            de: "Vergleichen Sie das Datum des Geräts mit dem heutigen, und stellen Sie es, wenn es falsch ist: Bei falschem Datum ist jedes Zertifikat abgelaufen oder noch nicht gültig",
            command: "date",
          },
          {
            en: "See whether the site's proxy intercepts HTTPS and have the broker exempted; never turn verification off",
            de: "Sehen Sie nach, ob der Proxy des Standorts HTTPS abfängt, und lassen Sie den Broker davon ausnehmen; schalten Sie die Prüfung nie aus",
          },
          {
            en: "If the broker has a new authority, give the agent its certificate as FILE",
            de: "Hat der Broker eine neue Zertifizierungsstelle, geben Sie dem Agenten deren Zertifikat als FILE",
            command: "databox-agent prepare --ca-file FILE",
          },
          TRY_AGAIN,
        ],
        why: "The certificate does not chain to the authority that the agent was prepared with, has expired, names another host, or the clock is wrong.",
      },
      "unsigned-answer": {
        message: {
          en: "The answer was not signed by the broker",
          de: "Die Antwort war nicht vom Broker signiert",
        },
        ask: {
          en: "Something between the appliance and the broker answered in its place; ask your network team to let {brokerUrl} through, then try again.",
          de: "Etwas zwischen Gerät und Broker hat an dessen Stelle geantwortet; bitten Sie Ihr Netzwerkteam, {brokerUrl} durchzulassen, und versuchen Sie es dann erneut.",
        },
        steps: [
          {
            en: "Have the site's proxy let {brokerUrl} through unchanged",
            de: "Lassen Sie den Proxy des Standorts {brokerUrl} unverändert durchlassen",
          },
          CHECK_BROKER_NAME,
          TRY_AGAIN,
          UNLOCK_WITHOUT_NETWORK,
        ],
        why: "Only a message with the broker's signature counts. A proxy's 403 or any other unsigned answer is not a refusal.",
      },
      "server-error": {
        message: {
          en: "A server in front of the broker answered, and the broker behind it did not",
          de: "Ein Server vor dem Broker hat geantwortet, der Broker dahinter nicht",
        },
        who: "nobody",
        ask: {
          en: "Wait a minute and try again; if it stays, tell the broker's operator. The key was not refused.",
          de: "Warten Sie eine Minute, und versuchen Sie es erneut; bleibt es so, sagen Sie es dem Betreiber des Dienstes. Der Schlüssel wurde nicht verweigert.",
        },
        steps: [TRY_AGAIN, UNLOCK_WITHOUT_NETWORK],
        why: "An ingress or load balancer answered with a 5xx status, or with a page behind the certificate that the appliance was prepared with: the broker is being restarted, or is down.",
      },
      "captive-portal": {
        message: {
          en: "The network asks for a sign-in before it lets the appliance through",
          de: "Das Netz verlangt eine Anmeldung, bevor es das Gerät durchlässt",
        },
        ask: {
          en: "Sign in to the site's network for this appliance, or ask your network team to exempt it, then try again.",
          de: "Melden Sie sich für dieses Gerät im Netz des Standorts an, oder bitten Sie Ihr Netzwerkteam, es auszunehmen, und versuchen Sie es dann erneut.",
        },
        steps: [
          {
            en: "Sign in to the site's network, or have the appliance exempted from it",
            de: "Melden Sie sich im Netz des Standorts an, oder lassen Sie das Gerät davon ausnehmen",
          },
          TRY_AGAIN,
        ],
        why: "The network answered with status 511, a redirection, or a web page behind a certificate that is not the one that the appliance was prepared with.",
      },
    },
    why: {
      en: "The network between the appliance and the broker, or the broker itself, is down.",
      de: "Das Netz zwischen Gerät und Broker oder der Broker selbst ist ausgefallen.",
    },
    meanwhile: {
      en: "A locked volume stays locked, and the outage alone does not lock an open one. The agent keeps undelivered reports in its journal.",
      de: "Ein gesperrtes Volume bleibt gesperrt, und der Ausfall allein sperrt kein offenes. Der Agent bewahrt nicht zugestellte Meldungen in seinem Journal auf.",
    },
  }),
  BrokerBusy: unreachable(503, "nobody", {
    title: { en: "The broker is busy", de: "Der Broker ist ausgelastet" },
    message: {
      en: "The broker cannot take the request now",
      de: "Der Broker kann die Anfrage jetzt nicht annehmen",
    },
    ask: {
      en: "Wait[ {retryAfterSeconds} seconds], then try again; the key was not refused.",
      de: "Warten Sie[ {retryAfterSeconds} Sekunden], und versuchen Sie es dann erneut; der Schlüssel wurde nicht verweigert.",
    },
    steps: [TRY_AGAIN],
    why: {
      en: "The broker is overloaded, this customer has used up its share, or the broker is shutting down.",
      de: "Der Broker ist überlastet, dieser Kunde hat seinen Anteil aufgebraucht, oder der Broker fährt herunter.",
    },
    meanwhile: {
      en: "Nothing is decided and nothing re-locks; the answer says how long to wait.",
      de: "Nichts wird entschieden, und nichts sperrt sich wieder; die Antwort sagt, wie lange zu warten ist.",
    },
  }),
};
