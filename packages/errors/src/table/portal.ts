import { invalid, refused, unreachable } from "./classes.ts";
import { CONTACT_BROKER_OPERATOR } from "./steps.ts";

const LOAD_AGAIN = {
  text: "Wait a minute and load the page again; what it shows until then may be out of date",
  for: "order-owner",
} as const;
const SIGN_IN = "Open the portal and sign in again" as const;

/** Failures that only a browser at the portal meets. */
export const PORTAL_ERRORS = {
  SignInFailed: refused(400, "order-owner", {
    title: "You could not be signed in",
    message: "Signing in to the portal failed",
    ask: "Sign in to the portal again.",
    steps: [SIGN_IN],
    reasons: {
      "attempt-unknown": {
        message: "This browser has no sign-in in progress that matches the response",
        why: "The sign-in took more than 15 minutes, was already finished, or was started in another browser. A link that someone else made is refused for the same reason.",
      },
      "provider-refused": {
        message: "Microsoft Entra ID did not sign you in",
        why: "The person cancelled, or a policy of the tenant (assignment, consent, Conditional Access) refused.",
        who: "security-administrator",
        steps: [
          SIGN_IN,
          "Find the failed sign-in in Entra ID's sign-in log; the code is in brackets",
        ],
      },
      "client-refused": {
        message: "Microsoft Entra ID did not accept the portal itself",
        who: "broker-operator",
        why: "The app registration lacks the federated credential of the broker, or PORTAL_CLIENT_ID names another application.",
        steps: [
          "Check that the app registration has a federated credential with the broker's address as issuer, subject portal, audience {federationAudience}",
          {
            text: "Check that Entra ID can reach the issuer",
            command: "curl {brokerUrl}/.well-known/openid-configuration",
          },
        ],
      },
      "answer-invalid": {
        message: "The answer from Microsoft Entra ID could not be verified",
        why: "The code was used already, or the identity token is of another tenant, another sign-in, expired or badly signed.",
      },
      "tenant-not-connected": {
        message: "Your organization is not connected to this service",
        who: "broker-operator",
        why: "Microsoft Entra ID has signed you in, but the operator of the service has not connected your organization's tenant, or has disconnected it. A new connection works after a minute.",
        ask: "Ask the operator of the service to connect tenant {tenantId}, then sign in to the portal again.",
        steps: [
          "On the page Organizations of the portal, connect tenant {tenantId}",
          "A minute later, have the person sign in again",
        ],
      },
      "tenant-unknown": {
        message: "Microsoft Entra ID knows no organization by this name",
        why: "A sign-in is at the tenant of one organization, which has an id and verified domains.",
        steps: [
          "Check the spelling of the domain or the e-mail address, or enter the tenant ID, which the Azure portal shows under Microsoft Entra ID",
        ],
      },
    },
    why: "A sign-in is valid only if the browser that started it also finishes it, with a verified answer from the tenant.",
    meanwhile: "You are not signed in.",
  }),
  CrossSiteRequest: refused(403, "order-owner", {
    title: "The request did not come from the portal",
    message: "The request did not come from a page of the portal",
    ask: "Open the portal by its own address and repeat what you did.",
    steps: ["Open the portal by its own address, reload the page and try again"],
    reasons: {
      origin: {
        message: "The request came from a page of another origin",
      },
      token: {
        message: "The request lacks the token of its session",
      },
    },
    why: "A page of another site must not use the session of the person who opens it.",
    meanwhile: "Nothing is changed; the request was not carried out.",
  }),
  NameTaken: invalid(409, "order-owner", {
    title: "The name is taken",
    message: "This name is already in use, and creating never overwrites what exists",
    ask: "Ask the order owner to choose another name.",
    steps: ["Choose another name, or select what already has this name"],
    why: "Azure's PUT overwrites. A key vault that is created again loses its access policies, and every order that uses its keys loses its key.",
    meanwhile: "Nothing is changed: the existing resource stays as it is.",
  }),
  PortalUnreachable: unreachable(503, "broker-operator", {
    title: "The service does not answer",
    message: "This page got no answer from the service behind the portal",
    ask: "Load the page again in a minute; if the service still does not answer, tell its operator.",
    steps: [LOAD_AGAIN, CONTACT_BROKER_OPERATOR],
    reasons: {
      connection: {
        message: "This browser cannot connect to the service behind the portal",
        steps: [
          LOAD_AGAIN,
          {
            text: "See whether other pages of your network open; if none does, check your own connection, VPN and proxy",
            for: "order-owner",
          },
          CONTACT_BROKER_OPERATOR,
        ],
        why: "The browser's own network is down, or the broker has ended or is overloaded.",
      },
      "foreign-answer": {
        message: "The answer is not one that this page can read",
        why: "A proxy or load balancer answered in the broker's place, or the broker was upgraded after the page was loaded.",
      },
    },
    why: "The connection failed, or the answer was not one of the broker's own.",
    meanwhile:
      "Appliances that are open stay open. A change that was in progress may or may not have been made; the page shows it when the service answers again.",
  }),
};
