import type { WrittenStep } from "../row.ts";
import { unreachable } from "./classes.ts";
import { faultCommand } from "./reproduce.ts";
import { CONTACT_BROKER_OPERATOR, TRY_AGAIN, UNLOCK_WITHOUT_NETWORK } from "./steps.ts";

const GRACE =
  "There was no authoritative refusal, so nothing re-locks and nothing stored changes. The broker repeats a broken call once, and asks again at the next try.";
const WAIT = "Wait a minute: outages end without action, and the broker asks again at each try";
const CHECK_BROKER_NAME = {
  text: "See whether the broker's name resolves and answers from the appliance's network",
  command: "curl --head {brokerUrl}/healthz",
} as const satisfies WrittenStep;

/** Who can cure a sign-in of the broker, and of an order's identity. */
const OPERATOR_SIGNS_IN = {
  who: "broker-operator",
  ask: "Tell the broker's operator that the broker cannot sign in at Azure; the customer's key was not refused.",
} as const;
const ADMINISTRATOR_ALLOWS = {
  who: "security-administrator",
  ask: "Ask your security administrator to let the order's identity {principalId} sign in at Microsoft Entra ID, then try again; the key was not refused.",
} as const;
const REPEAT_CHANGE = {
  text: "Repeat the change of the order if it was not made",
  for: "order-owner",
} as const satisfies WrittenStep;
/** Resource Manager refused what the broker's operator can allow. */
const operatorAllows = (step: WrittenStep) =>
  ({
    who: "broker-operator",
    ask: "Tell the broker's operator what Azure Resource Manager refuses; the key was not refused.",
    steps: [step, REPEAT_CHANGE],
  }) as const;

/** No authoritative answer: retry, and never treat it as a refusal. */
export const NETWORK_ERRORS = {
  KeyVaultUnreachable: unreachable(503, "nobody", {
    title: "The vault does not answer",
    message: "The key vault cannot be reached",
    ask: "The key was not refused: the key vault[ {vaultName}] does not answer the broker. Wait and try again.",
    steps: [WAIT, TRY_AGAIN],
    reasons: {
      dns: {
        message: "The name of the key vault cannot be resolved",
        why: "The broker's name service gave no answer, or no conclusive one. If it reports that a name does not exist, the broker confirms this with Resource Manager first.",
        reproduce: faultCommand("--dns timeout --vault {vaultName}"),
      },
      connection: {
        message: "No connection to the key vault can be made",
        why: "The connection was refused, reset or has no route.",
        reproduce: faultCommand("--vault {vaultName} --reset"),
      },
      timeout: {
        message: "The key vault did not answer in time",
        why: "The connection was made, but no answer came within the time limit.",
        reproduce: faultCommand("--vault {vaultName} --latency 60000"),
      },
      "server-error": {
        message: "The key vault reported an internal fault",
        why: "The vault answered with a 5xx status, or could not check a token's signing key (AKV10046).",
        reproduce: faultCommand("--vault {vaultName} --status 503"),
      },
      certificate: {
        message: "The key vault's certificate is not trusted",
        who: "broker-operator",
        ask: "Tell the broker's operator that the certificate of the key vault[ {vaultName}] is not trusted; the key was not refused.",
        steps: [
          {
            text: "Check the certificate that the broker receives; someone may be intercepting the connection",
            command: "openssl s_client -connect {vaultHost}",
            needs: "vaultHost",
          },
          "Correct the trusted authorities or the proxy of the broker; never turn verification off",
        ],
        why: "The certificate does not chain to an authority that the broker trusts, has expired or names another host. The broker sends it no token.",
      },
    },
    why: "The network between the broker and the vault, or the vault itself, is down.",
    meanwhile: GRACE,
    reproduce: faultCommand("--vault {vaultName} --reset"),
  }),
  KeyVaultThrottled: unreachable(503, "nobody", {
    title: "The vault is busy",
    message: "The key vault accepts no further requests at the moment",
    ask: "Wait {retryAfterSeconds} seconds, then try again; the vault is busy and the key was not refused.",
    steps: [WAIT, TRY_AGAIN],
    why: "The vault answered 429: it allows 4,000 RSA-2048 operations in ten seconds, and other users of the vault count too.",
    meanwhile: `${GRACE} The broker calls a busy vault up to three times, with pauses of one and two seconds and jitter, because the vault does not always say how long to wait.`,
    reproduce: faultCommand("--vault {vaultName} --status 429"),
  }),
  KeyVaultUnexpectedAnswer: unreachable(502, "broker-operator", {
    title: "The vault gave an invalid answer",
    message: "The key vault's answer cannot be understood",
    ask: "Tell the broker's operator[ the correlation id {correlationId}]; the key was not refused.",
    steps: [
      CONTACT_BROKER_OPERATOR,
      "Look for a proxy between the broker and the vault that answers in its place",
      TRY_AGAIN,
    ],
    reasons: {
      challenge: {
        message: "The key vault does not say for which resource it takes tokens",
        steps: [
          CONTACT_BROKER_OPERATOR,
          "Look for a proxy between the broker and the vault that changes WWW-Authenticate; the broker sends no token to a resource that is not a vault",
          TRY_AGAIN,
        ],
        why: "The vault's answer to a call without a token has no challenge, or one that names a foreign resource (WWW-Authenticate).",
      },
      "token-refused": {
        message: "The key vault does not accept the broker's token",
        steps: [
          CONTACT_BROKER_OPERATOR,
          "Compare the clock of the broker's machine, and the cloud of KEY_VAULT_SUFFIXES with that of ENTRA_AUTHORITY",
          TRY_AGAIN,
        ],
        why: "The vault answered 401 to a fresh token too: it is expired, too early, or for another audience. Rights are another matter: those are 403.",
      },
      "content-key-size": {
        message: "The key vault's result has the wrong size",
        why: "An unwrapped content key has 32 bytes; the vault's result has another size, so it is not the key that was wrapped.",
      },
    },
    why: "The answer is not the vault's JSON: a proxy's page, half a body, an unknown status. It proves nothing, so it is not a refusal.",
    meanwhile: GRACE,
    reproduce: faultCommand("--vault {vaultName} --garbage"),
  }),
  IdentityProviderUnreachable: unreachable(503, "nobody", {
    title: "The broker cannot sign in at Azure",
    message: "The identity provider cannot be reached",
    ask: "The key was not refused: the broker cannot sign in at the moment. Wait and try again.",
    steps: [WAIT, TRY_AGAIN],
    reasons: {
      entra: {
        message: "Microsoft Entra ID cannot be reached",
        why: "The token endpoint does not answer, answers with a 5xx status or says temporarily_unavailable.",
        reproduce: faultCommand("--service entra --status 503"),
      },
      "accounts-hidden": {
        message: "Microsoft Graph does not show the broker the accounts of approvers",
        who: "broker-operator",
        ask: "Tell the broker's operator that Microsoft Graph does not show the accounts of approvers; the key was not refused.",
        steps: [
          CONTACT_BROKER_OPERATOR,
          "Grant User.Read.All in Microsoft Graph to the broker's own identity, or set READ_ACCOUNTS to false",
          "Look for a proxy between the broker and GRAPH_URL that answers in its place",
          TRY_AGAIN,
        ],
        why: "READ_ACCOUNTS is true, and Microsoft Graph answered 403, or something that is not its JSON: whether an approver's account is enabled is not known.",
      },
      imds: {
        message: "The machine's identity service cannot be reached",
        why: "The instance metadata service of the broker's machine does not answer, or says that it is being updated (404, 410, 429, 5xx).",
        reproduce: faultCommand("--service imds --status 500"),
      },
      "imds-answer": {
        message: "The machine's identity service gave an answer that is not its own",
        ...OPERATOR_SIGNS_IN,
        steps: [
          "Let the broker's machine reach 169.254.169.254 directly, past every proxy",
          TRY_AGAIN,
        ],
        why: "The answer has a status that the instance metadata service does not give, or no token, such as a proxy's page.",
      },
      "own-identity": {
        message: "The broker's own identity cannot sign in",
        ...OPERATOR_SIGNS_IN,
        steps: [
          "See whether the identity of BROKER_CLIENT_ID exists, is assigned to the broker's machine or trusts its service account, and is named if the machine has several",
          TRY_AGAIN,
        ],
        why: "The instance metadata service answered 400 (Identity not found, or several of them), or Microsoft Entra ID refuses the broker's service account.",
      },
      blocked: {
        message: "A policy of Microsoft Entra ID blocks the sign-in of the order's identity",
        ...ADMINISTRATOR_ALLOWS,
        steps: [
          "Find the sign-in of identity {principalId} in the log, and exempt it from the policy that failed (portal: Microsoft Entra ID > Sign-in logs > Service principal or managed identity sign-ins)",
          TRY_AGAIN,
        ],
        why: "Entra ID answered with a number of Conditional Access, of a revoked session or of a missing assignment (AADSTS53003, AADSTS530035, AADSTS50105, AADSTS50173).",
      },
      resource: {
        message: "The tenant does not admit Azure Key Vault",
        ...ADMINISTRATOR_ALLOWS,
        steps: [
          "Create or enable the enterprise application Azure Key Vault, cfa8b339-82a2-471a-a3c9-0fc0be7a4093, and consent to it (portal: Microsoft Entra ID > Enterprise applications > Microsoft Applications)",
          TRY_AGAIN,
        ],
        why: "Entra ID does not find the principal of Key Vault in the tenant, it is disabled, or nobody consented to it (AADSTS500011, AADSTS500014, AADSTS65001).",
      },
      tenant: {
        message: "The tenant of the order is blocked",
        ...ADMINISTRATOR_ALLOWS,
        steps: [
          "Have the tenant's block or its tenant restrictions lifted, if need be by a support request to Microsoft",
          TRY_AGAIN,
        ],
        why: "Entra ID issues no tokens of this tenant (AADSTS5000224, AADSTS500021).",
      },
      cloud: {
        message: "The broker signs in at another cloud than the tenant's",
        ...OPERATOR_SIGNS_IN,
        steps: ["Compare ENTRA_AUTHORITY and AZURE_CLOUD with the cloud of the tenant", TRY_AGAIN],
        why: "Entra ID says that the tenant belongs to another cloud (AADSTS900382, AADSTS900439).",
      },
      "entra-refused": {
        message:
          "Microsoft Entra ID does not accept the sign-in, by a number that is not in our table",
        ...OPERATOR_SIGNS_IN,
        steps: [
          "Look up the AADSTS number at https://login.microsoftonline.com/error; the detail names it, with Entra ID's own words",
          CONTACT_BROKER_OPERATOR,
          TRY_AGAIN,
        ],
        why: "Entra ID answered with an error whose number we cannot place. That is not a decision on the identity, so it counts as an outage.",
      },
      assertion: {
        message: "Microsoft Entra ID does not accept the broker's assertion yet",
        who: "broker-operator",
        ask: "Tell the broker's operator that Microsoft Entra ID does not know the broker's signing key; the customer's key was not refused.",
        steps: [
          {
            text: "Compare the keys that the broker publishes with the one that it signs by",
            command: "curl {brokerUrl}/oidc/v1/keys",
          },
          TRY_AGAIN,
        ],
        why: "Entra ID cannot verify the assertion by which the broker signs in: a new issuer key is not known to it yet (AADSTS700027, AADSTS7000272, AADSTS50013).",
      },
      clock: {
        message: "The clock of the broker's machine is wrong",
        who: "broker-operator",
        ask: "Tell the broker's operator to set the clock of the broker's machine; the customer's key was not refused.",
        steps: [
          {
            text: "Set the clock of the broker's machine from a time server",
            command: "timedatectl set-ntp true",
          },
          TRY_AGAIN,
        ],
        why: "Entra ID says that the broker's assertion is not valid at its time (AADSTS700024, AADSTS500133), or the broker's clock differs from Azure's by more than a minute.",
      },
    },
    why: "The broker needs a token to call the vault and cannot get one.",
    meanwhile: GRACE,
    reproduce: faultCommand("--service entra --status 503"),
  }),
  ResourceManagerUnreachable: unreachable(503, "nobody", {
    title: "Resource Manager does not do what the broker asks",
    message: "Azure Resource Manager cannot be reached",
    ask: "Wait a minute, then try again; the key was not refused.",
    steps: [WAIT, REPEAT_CHANGE],
    reasons: {
      lock: {
        message: "A resource lock in Azure prevents the change",
        ...operatorAllows(
          "Remove the lock from the resource group[ {identityResourceGroup}] or its subscription (portal: resource group > Locks)",
        ),
        why: "Resource Manager answered ScopeLocked to a change of an order's system-assigned identity, which is in the broker's own resource group.",
      },
      policy: {
        message: "A policy in Azure does not allow the change",
        ...operatorAllows(
          "Exempt the resource group[ {identityResourceGroup}] from the policy (portal: Policy > Exemptions)",
        ),
        why: "Resource Manager answered RequestDisallowedByPolicy.",
      },
      quota: {
        message: "A limit in Azure is reached",
        ...operatorAllows(
          "Remove what is no longer needed, or have the limit raised; the detail has Azure's code (portal: subscription > Usage + quotas)",
        ),
        why: "Resource Manager answered QuotaExceeded or another limit.",
      },
      refused: {
        message: "Azure Resource Manager refuses the broker's request",
        ...operatorAllows(
          "Look up Azure's code, which the detail names: the subscription may be disabled, or a resource provider not registered",
        ),
        why: "Resource Manager answered with a 4xx status and a code of its own, such as ReadOnlyDisabledSubscription or MissingSubscriptionRegistration.",
      },
      "not-permitted": {
        message: "The broker may not manage the identities of orders",
        ...operatorAllows(
          "Assign Managed Identity Contributor on resource group {identityResourceGroup} to the broker's own identity (portal: resource group > Access control (IAM))",
        ),
        why: "Resource Manager answered 403, or does not know the broker's own resource group (IDENTITY_RESOURCE_GROUP).",
      },
      "roles-hidden": {
        message: "The broker may not read role assignments",
        ...operatorAllows(
          "Assign Reader on subscription {subscriptionId} to the broker's own identity, or check that this subscription exists in its tenant (portal: subscription > Access control (IAM))",
        ),
        why: "Who may read or change an order, and whose approval counts, is decided by role assignments. Resource Manager does not show them to the broker, so it cannot know; nothing is said about the caller or the approvers.",
      },
      unexpected: {
        message: "The answer of Azure Resource Manager cannot be understood",
        ...operatorAllows(
          "Look for a proxy between the broker and ARM_URL that answers in its place",
        ),
        why: "The answer is not Resource Manager's JSON, or not the resource that was asked for.",
      },
      "token-refused": {
        message: "Azure Resource Manager does not accept the broker's token",
        who: "broker-operator",
        ask: "Tell the broker's operator that Azure Resource Manager does not accept the broker's token; the key was not refused.",
        steps: [
          CONTACT_BROKER_OPERATOR,
          "Compare the clock of the broker's machine, and the cloud of ARM_URL with that of ENTRA_AUTHORITY",
          TRY_AGAIN,
        ],
        why: "Resource Manager answered 401: the broker's token is expired, too early, or for another audience.",
      },
    },
    why: "The broker asks Resource Manager for vaults, regions and identities, and got no authoritative answer.",
    meanwhile: GRACE,
    reproduce: faultCommand("--service resource-manager --operation GET --status 503"),
  }),
  BrokerUnreachable: unreachable(503, "site-operator", {
    title: "The broker does not answer",
    message: "The broker cannot be reached from the appliance",
    ask: "Check the appliance's network cable, network settings and proxy, then try again; the key was not refused.",
    steps: [CHECK_BROKER_NAME, TRY_AGAIN, UNLOCK_WITHOUT_NETWORK],
    reasons: {
      dns: {
        message: "The name of the broker cannot be resolved",
        steps: [
          "Check the DNS server in the appliance's network settings, and that the name in {brokerUrl} is right",
          CHECK_BROKER_NAME,
          TRY_AGAIN,
          UNLOCK_WITHOUT_NETWORK,
        ],
        why: "No name server answered, or it does not know the broker's name.",
      },
      connection: {
        message: "No connection to the broker can be made",
        steps: [
          "Check the cable, the gateway and that the site's firewall lets the appliance reach {brokerUrl}",
          CHECK_BROKER_NAME,
          TRY_AGAIN,
          UNLOCK_WITHOUT_NETWORK,
        ],
        why: "The connection was refused, reset or has no route.",
      },
      timeout: {
        message: "The broker did not answer in time",
        why: "A firewall drops packets, or the broker is overloaded.",
      },
      certificate: {
        message: "The broker's certificate is not trusted",
        steps: [
          {
            text: "Compare the appliance's date with today's and set it if it is wrong: with a wrong date, every certificate seems expired or not valid yet",
            command: "date",
          },
          "See whether the site's proxy intercepts HTTPS and have the broker exempted; never turn verification off",
          {
            text: "If the broker has a new authority, give the agent its certificate as FILE",
            command: "databox-agent prepare --ca-file FILE",
          },
          TRY_AGAIN,
        ],
        why: "The certificate does not chain to the authority that the agent was prepared with, has expired, names another host, or the clock is wrong.",
      },
      silent: {
        message: "The appliance is open and has not renewed its lease in time",
        ask: "Check the appliance's power, network cable and network settings; its volume closes when its outage grace ends.",
        steps: ["Check that the appliance is on, and its network cable and settings"],
        why: "The broker hears nothing from a node whose volume is open: no network, or the appliance was turned off.",
      },
      "unsigned-answer": {
        message: "The answer was not signed by the broker",
        ask: "Something between the appliance and the broker answered in its place; ask your network team to let {brokerUrl} through, then try again.",
        steps: [
          "Have the site's proxy let {brokerUrl} through unchanged",
          CHECK_BROKER_NAME,
          TRY_AGAIN,
          UNLOCK_WITHOUT_NETWORK,
        ],
        why: "Only a message with the broker's signature counts. A proxy's 403 or any other unsigned answer is not a refusal.",
      },
      "server-error": {
        message: "A server in front of the broker answered, and the broker behind it did not",
        who: "nobody",
        ask: "Wait a minute and try again; if it stays, tell the broker's operator. The key was not refused.",
        steps: [TRY_AGAIN, UNLOCK_WITHOUT_NETWORK],
        why: "An ingress or load balancer answered with a 5xx status, or with a page behind the certificate that the appliance was prepared with: the broker is being restarted, or is down.",
      },
      "captive-portal": {
        message: "The network asks for a sign-in before it lets the appliance through",
        ask: "Sign in to the site's network for this appliance, or ask your network team to exempt it, then try again.",
        steps: ["Sign in to the site's network, or have the appliance exempted from it", TRY_AGAIN],
        why: "The network answered with status 511, a redirection, or a web page behind a certificate that is not the one that the appliance was prepared with.",
      },
    },
    why: "The network between the appliance and the broker, or the broker itself, is down.",
    meanwhile:
      "A locked volume stays locked, and the outage alone does not lock an open one. The agent keeps undelivered reports in its journal.",
  }),
  BrokerBusy: unreachable(503, "nobody", {
    title: "The broker is busy",
    message: "The broker cannot take the request now",
    ask: "Wait[ {retryAfterSeconds} seconds], then try again; the key was not refused.",
    steps: [TRY_AGAIN],
    why: "The broker is overloaded, this customer has used up its share, or the broker is shutting down.",
    meanwhile: "Nothing is decided and nothing re-locks; the answer says how long to wait.",
  }),
};
