import type { ErrorRow } from "../row.ts";

const SIGN_IN = { text: "Open the portal and sign in again" } as const;

/** What only a browser at the portal meets. */
export const PORTAL_ERRORS = {
  SignInFailed: {
    title: "You could not be signed in",
    message: "Signing in to the portal failed",
    class: "refused",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Sign in to the portal again.",
    steps: [SIGN_IN],
    reasons: {
      "attempt-unknown": {
        message: "The answer belongs to no sign-in that this browser has under way",
        why: "The sign-in took more than 15 minutes, was finished already, or was begun in another browser; a link that someone else made is refused so too.",
      },
      "provider-refused": {
        message: "Microsoft Entra ID did not sign you in",
        why: "The person cancelled, or a policy of the tenant (assignment, consent, Conditional Access) refused.",
        who: "security-administrator",
        steps: [
          SIGN_IN,
          { text: "Look at the failed sign-in in Entra ID's sign-in log; the code is in brackets" },
        ],
      },
      "client-refused": {
        message: "Microsoft Entra ID did not accept the portal itself",
        who: "broker-operator",
        why: "The app registration lacks the federated credential of the broker, or PORTAL_CLIENT_ID names another application.",
        steps: [
          {
            text: "See that the app registration has a federated credential whose issuer is the broker's address, subject portal, audience api://AzureADTokenExchange",
          },
          {
            text: "See that Entra ID can reach the issuer",
            command: "curl {brokerUrl}/.well-known/openid-configuration",
          },
        ],
      },
      "answer-invalid": {
        message: "The answer of Microsoft Entra ID could not be verified",
        why: "The code was used already, or the identity token is of another tenant, another sign-in, expired or badly signed.",
      },
    },
    why: "A sign-in counts only when the browser that began it ends it, with an answer of the tenant that verifies.",
    meanwhile: "Nobody is signed in.",
  },
  CrossSiteRequest: {
    title: "The request did not come from the portal",
    message: "The request did not come from a page of the portal",
    class: "refused",
    httpStatus: 403,
    who: "order-owner",
    recoverable: "yes",
    ask: "Open the portal by its own address and repeat what you did.",
    steps: [{ text: "Open the portal by its own address, reload the page and try again" }],
    reasons: {
      origin: { message: "The request came from a page of another origin" },
      token: { message: "The request lacks the token of its session" },
    },
    why: "A page of another site must not act with the session of whoever looks at it.",
    meanwhile: "Nothing is changed; the request was not carried out.",
  },
} as const satisfies Record<string, ErrorRow>;
