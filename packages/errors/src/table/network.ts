import type { ErrorRow, Step } from "../row.ts";
import { faultCommand } from "./reproduce.ts";
import { CONTACT_BROKER_OPERATOR, TRY_AGAIN, UNLOCK_WITHOUT_NETWORK } from "./steps.ts";

const GRACE =
  "Nobody with authority has said no, so nothing re-locks and nothing stored changes. The broker repeats a call that broke once, and asks anew at the next try.";
const WAIT = {
  text: "Wait a minute: an outage ends by itself, and the broker asks anew at each try",
} as const satisfies Step;
const CHECK_BROKER_NAME = {
  text: "See whether the broker's name resolves and answers from the appliance's network",
  command: "curl --head {brokerUrl}/healthz",
} as const satisfies Step;

/** No authoritative answer: to be tried again, and never a refusal. */
export const NETWORK_ERRORS = {
  KeyVaultUnreachable: {
    title: "The vault does not answer",
    message: "The key vault cannot be reached",
    class: "unreachable",
    httpStatus: 503,
    who: "nobody",
    recoverable: "yes",
    ask: "Nobody has refused the key: key vault {vaultName} does not answer the broker. Wait and try again.",
    steps: [WAIT, TRY_AGAIN],
    reasons: {
      dns: {
        message: "The name of the key vault cannot be resolved",
        why: "The broker's name service does not answer, or not for sure. A name that is said not to exist is confirmed with Resource Manager before it is called missing.",
        reproduce: faultCommand("--dns timeout --vault {vaultName}"),
      },
      connection: {
        message: "No connection to the key vault can be made",
        why: "The connection was refused, reset or has no route.",
        reproduce: faultCommand("--vault {vaultName} --reset"),
      },
      timeout: {
        message: "The key vault did not answer in time",
        why: "The connection stands and no answer came within the time limit.",
        reproduce: faultCommand("--vault {vaultName} --latency 60000"),
      },
      "server-error": {
        message: "The key vault answered that it has a fault of its own",
        why: "The vault answered with a 5xx status, or could not check a token's signing key (AKV10046).",
        reproduce: faultCommand("--vault {vaultName} --status 503"),
      },
      certificate: {
        message: "The key vault's certificate is not trusted",
        who: "broker-operator",
        ask: "Tell the broker's operator that the certificate of key vault {vaultName} is not trusted; nobody has refused the key.",
        steps: [
          {
            text: "Look at the certificate that the broker sees; somebody may be intercepting the connection",
            command: "openssl s_client -connect {vaultHost}",
          },
          {
            text: "Correct the trusted authorities or the proxy of the broker; never turn verification off",
          },
        ],
        why: "The certificate does not chain to an authority that the broker trusts, has expired or names another host. The broker sends it no token.",
      },
    },
    why: "The network between the broker and the vault, or the vault itself, is down.",
    meanwhile: GRACE,
    reproduce: faultCommand("--vault {vaultName} --reset"),
  },
  KeyVaultThrottled: {
    title: "The vault is busy",
    message: "The key vault takes no more requests at the moment",
    class: "unreachable",
    httpStatus: 503,
    who: "nobody",
    recoverable: "yes",
    ask: "Wait {retryAfterSeconds} seconds, then try again; the vault is busy and nobody has refused the key.",
    steps: [WAIT, TRY_AGAIN],
    why: "The vault answered 429: it allows 4,000 RSA-2048 operations in ten seconds, and other users of the vault count too.",
    meanwhile: `${GRACE} A busy vault is asked up to three times, with pauses of one and two seconds and jitter, since it does not always say how long to wait.`,
    reproduce: faultCommand("--vault {vaultName} --status 429"),
  },
  KeyVaultUnexpectedAnswer: {
    title: "The vault gave an answer that makes no sense",
    message: "The key vault's answer cannot be understood",
    class: "unreachable",
    httpStatus: 502,
    who: "broker-operator",
    recoverable: "yes",
    ask: "Tell the broker's operator the correlation id {correlationId}; nobody has refused the key.",
    steps: [
      CONTACT_BROKER_OPERATOR,
      { text: "Look for a proxy between the broker and the vault that answers in its place" },
      TRY_AGAIN,
    ],
    why: "The answer is not the vault's JSON: a proxy's page, half a body, an unknown status. It proves nothing, so it is not a refusal.",
    meanwhile: GRACE,
    reproduce: faultCommand("--vault {vaultName} --garbage"),
  },
  IdentityProviderUnreachable: {
    title: "Sign-in does not answer",
    message: "The identity provider cannot be reached",
    class: "unreachable",
    httpStatus: 503,
    who: "nobody",
    recoverable: "yes",
    ask: "Nobody has refused the key: the broker cannot sign in at the moment. Wait and try again.",
    steps: [WAIT, TRY_AGAIN],
    reasons: {
      entra: {
        message: "Microsoft Entra ID cannot be reached",
        why: "The token endpoint does not answer, answers with a 5xx status or says temporarily_unavailable.",
        reproduce: faultCommand("--service entra --status 503"),
      },
      imds: {
        message: "The machine's identity service cannot be reached",
        why: "The instance metadata service of the broker's machine does not answer, or says that it is being updated (404, 410, 429, 5xx).",
        reproduce: faultCommand("--service imds --status 500"),
      },
    },
    why: "The broker needs a token to ask the vault and cannot get one.",
    meanwhile: GRACE,
    reproduce: faultCommand("--service entra --status 503"),
  },
  ResourceManagerUnreachable: {
    title: "Resource Manager does not answer",
    message: "Azure Resource Manager cannot be reached",
    class: "unreachable",
    httpStatus: 503,
    who: "nobody",
    recoverable: "yes",
    ask: "Wait a minute, then try again; nobody has refused the key.",
    steps: [
      WAIT,
      { text: "Repeat the change of the order if it was not made", for: "order-owner" },
    ],
    why: "The broker asks Resource Manager for vaults, regions and identities, and got no authoritative answer.",
    meanwhile: GRACE,
    reproduce: faultCommand("--service resource-manager --operation GET --status 503"),
  },
  BrokerUnreachable: {
    title: "The broker does not answer",
    message: "The broker cannot be reached from the appliance",
    class: "unreachable",
    httpStatus: 503,
    who: "site-operator",
    recoverable: "yes",
    ask: "Check the appliance's network cable, network settings and proxy, then try again; nobody has refused the key.",
    steps: [CHECK_BROKER_NAME, TRY_AGAIN, UNLOCK_WITHOUT_NETWORK],
    reasons: {
      dns: {
        message: "The name of the broker cannot be resolved",
        steps: [
          {
            text: "Check the DNS server in the appliance's network settings, and that the name in {brokerUrl} is right",
          },
          CHECK_BROKER_NAME,
          TRY_AGAIN,
          UNLOCK_WITHOUT_NETWORK,
        ],
        why: "No name server answered, or it does not know the broker's name.",
      },
      connection: {
        message: "No connection to the broker can be made",
        steps: [
          {
            text: "Check the cable, the gateway and that the site's firewall lets the appliance reach {brokerUrl}",
          },
          CHECK_BROKER_NAME,
          TRY_AGAIN,
          UNLOCK_WITHOUT_NETWORK,
        ],
        why: "The connection was refused, reset or has no route.",
      },
      timeout: {
        message: "The broker did not answer in time",
        why: "A firewall that drops packets, or a broker that is overloaded.",
      },
      certificate: {
        message: "The broker's certificate is not trusted",
        steps: [
          {
            text: "Compare the appliance's date with today's and set it if it is wrong: by a wrong date every certificate has expired or is not valid yet",
            command: "date",
          },
          {
            text: "See whether the site's proxy intercepts HTTPS and have the broker exempted; never turn verification off",
          },
          {
            text: "If the broker has a new authority, prepare the agent with its certificate: databox-agent prepare --ca-file",
          },
          TRY_AGAIN,
        ],
        why: "The certificate does not chain to the authority that the agent was prepared with, has expired, names another host, or the clock is wrong.",
      },
      "unsigned-answer": {
        message: "The answer was not signed by the broker",
        ask: "Something between the appliance and the broker answered in its place; ask your network team to let {brokerUrl} through, then try again.",
        steps: [
          { text: "Have the site's proxy let {brokerUrl} through unchanged" },
          CHECK_BROKER_NAME,
          TRY_AGAIN,
          UNLOCK_WITHOUT_NETWORK,
        ],
        why: "Only a message with the broker's signature counts. A proxy's 403 or any other unsigned answer is no refusal.",
      },
      "captive-portal": {
        message: "The network asks for a sign-in before it lets the appliance through",
        ask: "Sign in to the site's network for this appliance, or ask your network team to exempt it, then try again.",
        steps: [
          { text: "Sign in to the site's network, or have the appliance exempted from it" },
          TRY_AGAIN,
        ],
        why: "The network answered with a web page or a redirection to one.",
      },
    },
    why: "The network between the appliance and the broker, or the broker itself, is down.",
    meanwhile:
      "A locked volume stays locked, and the outage by itself locks none that is open. What the agent could not tell the broker waits in its journal.",
  },
  BrokerBusy: {
    title: "The broker is busy",
    message: "The broker cannot take the request now",
    class: "unreachable",
    httpStatus: 503,
    who: "nobody",
    recoverable: "yes",
    ask: "Wait[ {retryAfterSeconds} seconds], then try again; nobody has refused the key.",
    steps: [TRY_AGAIN],
    why: "The broker has more work than it may hold, or this customer has its share of it, or the broker is shutting down.",
    meanwhile: "Nothing is decided and nothing re-locks; the answer says how long to wait.",
  },
} as const satisfies Record<string, ErrorRow>;
