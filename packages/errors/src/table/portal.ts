import { invalid, refused, unreachable } from "./classes.ts";
import { CONTACT_BROKER_OPERATOR } from "./steps.ts";

const LOAD_AGAIN = {
  en: "Wait a minute and load the page again; what it shows until then may be out of date",
  de: "Warten Sie eine Minute, und laden Sie die Seite neu; was sie bis dahin zeigt, kann veraltet sein",
  for: "order-owner",
} as const;
const SIGN_IN = {
  en: "Open the portal and sign in again",
  de: "Öffnen Sie das Portal, und melden Sie sich erneut an",
} as const;

/** Failures that only a browser at the portal meets. */
export const PORTAL_ERRORS = {
  SignInFailed: refused(400, "order-owner", {
    title: { en: "You could not be signed in", de: "Sie konnten nicht angemeldet werden" },
    message: {
      en: "Signing in to the portal failed",
      de: "Die Anmeldung am Portal ist fehlgeschlagen",
    },
    ask: { en: "Sign in to the portal again.", de: "Melden Sie sich erneut im Portal an." },
    steps: [SIGN_IN],
    reasons: {
      "attempt-unknown": {
        message: {
          en: "This browser has no sign-in in progress that matches the response",
          de: "Dieser Browser hat keine laufende Anmeldung, die zur Antwort passt",
        },
        why: "The sign-in took more than 15 minutes, was already finished, or was started in another browser. A link that someone else made is refused for the same reason.",
      },
      "provider-refused": {
        message: {
          en: "Microsoft Entra ID did not sign you in",
          de: "Microsoft Entra ID hat Sie nicht angemeldet",
        },
        why: "The person cancelled, or a policy of the tenant (assignment, consent, Conditional Access) refused.",
        who: "security-administrator",
        steps: [
          SIGN_IN,
          {
            en: "Find the failed sign-in in Entra ID's sign-in log; the code is in brackets",
            de: "Sehen Sie sich die fehlgeschlagene Anmeldung im Anmeldeprotokoll von Entra ID an; der Code steht in Klammern",
          },
        ],
      },
      "client-refused": {
        message: {
          en: "Microsoft Entra ID did not accept the portal itself",
          de: "Microsoft Entra ID hat das Portal selbst nicht angenommen",
        },
        who: "broker-operator",
        why: "The app registration lacks the federated credential of the broker, or PORTAL_CLIENT_ID names another application.",
        steps: [
          {
            en: "Check that the app registration has a federated credential with the broker's address as issuer, subject portal, audience {federationAudience}",
            de: "Vergewissern Sie sich, dass die App-Registrierung Verbundanmeldeinformationen hat, deren Aussteller die Adresse des Brokers ist, mit dem Antragsteller portal und der Zielgruppe {federationAudience}",
          },
          {
            en: "Check that Entra ID can reach the issuer",
            de: "Vergewissern Sie sich, dass Entra ID den Aussteller erreichen kann",
            command: "curl {brokerUrl}/.well-known/openid-configuration",
          },
        ],
      },
      "answer-invalid": {
        message: {
          en: "The answer from Microsoft Entra ID could not be verified",
          de: "Die Antwort von Microsoft Entra ID ließ sich nicht prüfen",
        },
        why: "The code was used already, or the identity token is of another tenant, another sign-in, expired or badly signed.",
      },
    },
    why: {
      en: "A sign-in is valid only if the browser that started it also finishes it, with a verified answer from the tenant.",
      de: "Eine Anmeldung zählt nur, wenn der Browser, der sie begonnen hat, sie beendet, mit einer Antwort des Mandanten, die sich prüfen lässt.",
    },
    meanwhile: { en: "You are not signed in.", de: "Niemand wird angemeldet." },
  }),
  CrossSiteRequest: refused(403, "order-owner", {
    title: {
      en: "The request did not come from the portal",
      de: "Die Anforderung kam nicht vom Portal",
    },
    message: {
      en: "The request did not come from a page of the portal",
      de: "Die Anforderung kam nicht von einer Seite des Portals",
    },
    ask: {
      en: "Open the portal by its own address and repeat what you did.",
      de: "Öffnen Sie das Portal unter seiner eigenen Adresse, und wiederholen Sie, was Sie getan haben.",
    },
    steps: [
      {
        en: "Open the portal by its own address, reload the page and try again",
        de: "Öffnen Sie das Portal unter seiner eigenen Adresse, laden Sie die Seite neu, und versuchen Sie es erneut",
      },
    ],
    reasons: {
      origin: {
        message: {
          en: "The request came from a page of another origin",
          de: "Die Anforderung kam von einer Seite eines anderen Ursprungs",
        },
      },
      token: {
        message: {
          en: "The request lacks the token of its session",
          de: "Der Anforderung fehlt das Token ihrer Sitzung",
        },
      },
    },
    why: {
      en: "A page of another site must not use the session of the person who opens it.",
      de: "Eine Seite einer anderen Website darf nicht mit der Sitzung dessen handeln, der sie ansieht.",
    },
    meanwhile: {
      en: "Nothing is changed; the request was not carried out.",
      de: "Nichts ist geändert; die Anforderung wurde nicht ausgeführt.",
    },
  }),
  NameTaken: invalid(409, "order-owner", {
    title: { en: "The name is taken", de: "Der Name ist vergeben" },
    message: {
      en: "This name is already in use, and creating never overwrites what exists",
      de: "Dieser Name wird bereits verwendet, und Erstellen überschreibt nie, was es schon gibt",
    },
    ask: {
      en: "Ask the order owner to choose another name.",
      de: "Bitten Sie den Besitzer des Auftrags, einen anderen Namen zu wählen.",
    },
    steps: [
      {
        en: "Choose another name, or select what already has this name",
        de: "Wählen Sie einen anderen Namen, oder wählen Sie aus, was diesen Namen schon hat",
      },
    ],
    why: {
      en: "Azure's PUT overwrites. A key vault that is created again loses its access policies, and every order that uses its keys loses its key.",
      de: "PUT überschreibt in Azure. Ein Schlüsseltresor, der noch einmal erstellt wird, verliert seine Zugriffsrichtlinien, und jeder Auftrag, der seine Schlüssel nutzt, verliert seinen Schlüssel.",
    },
    meanwhile: {
      en: "Nothing is changed: the existing resource stays as it is.",
      de: "Nichts wird geändert: Die vorhandene Ressource bleibt, wie sie ist.",
    },
  }),
  PortalUnreachable: unreachable(503, "broker-operator", {
    title: { en: "The service does not answer", de: "Der Dienst antwortet nicht" },
    message: {
      en: "This page got no answer from the service behind the portal",
      de: "Diese Seite bekam keine Antwort vom Dienst hinter dem Portal",
    },
    ask: {
      en: "Load the page again in a minute; if the service still does not answer, tell its operator.",
      de: "Laden Sie die Seite in einer Minute neu; antwortet der Dienst dann noch nicht, sagen Sie es seinem Betreiber.",
    },
    steps: [LOAD_AGAIN, CONTACT_BROKER_OPERATOR],
    reasons: {
      connection: {
        message: {
          en: "This browser cannot connect to the service behind the portal",
          de: "Dieser Browser kann keine Verbindung zum Dienst hinter dem Portal herstellen",
        },
        steps: [
          LOAD_AGAIN,
          {
            en: "See whether other pages of your network open; if none does, check your own connection, VPN and proxy",
            de: "Sehen Sie nach, ob sich andere Seiten Ihres Netzes öffnen; wenn keine, prüfen Sie Ihre eigene Verbindung, VPN und Proxy",
            for: "order-owner",
          },
          CONTACT_BROKER_OPERATOR,
        ],
        why: "The browser's own network is down, or the broker has ended or is overloaded.",
      },
      "foreign-answer": {
        message: {
          en: "The answer is not one that this page can read",
          de: "Die Antwort ist keine, die diese Seite lesen kann",
        },
        why: "A proxy or load balancer answered in the broker's place, or the broker was upgraded after the page was loaded.",
      },
    },
    why: {
      en: "The connection failed, or the answer was not one of the broker's own.",
      de: "Die Verbindung schlug fehl, oder die Antwort war keine des Brokers.",
    },
    meanwhile: {
      en: "Appliances that are open stay open. A change that was in progress may or may not have been made; the page shows it when the service answers again.",
      de: "Offene Geräte bleiben offen. Ob eine Änderung, die unterwegs war, noch gemacht wurde, zeigt die Seite, sobald der Dienst wieder antwortet.",
    },
  }),
};
