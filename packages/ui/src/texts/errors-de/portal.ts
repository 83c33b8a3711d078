import type { Phrases } from "../../explanation/translate.ts";

export const portal: Phrases = {
  "You could not be signed in": "Sie konnten nicht angemeldet werden",
  "Signing in to the portal failed": "Die Anmeldung am Portal ist fehlgeschlagen",
  "Sign in to the portal again.": "Melden Sie sich erneut im Portal an.",
  "A sign-in counts only when the browser that began it ends it, with an answer of the tenant that verifies.":
    "Eine Anmeldung zählt nur, wenn der Browser, der sie begonnen hat, sie beendet, mit einer Antwort des Mandanten, die sich prüfen lässt.",
  "Nobody is signed in.": "Niemand wird angemeldet.",
  "Open the portal and sign in again": "Öffnen Sie das Portal, und melden Sie sich erneut an",
  "The answer belongs to no sign-in that this browser has under way":
    "Die Antwort gehört zu keiner Anmeldung, die in diesem Browser begonnen wurde",
  "Microsoft Entra ID did not sign you in": "Microsoft Entra ID hat Sie nicht angemeldet",
  "Look at the failed sign-in in Entra ID's sign-in log; the code is in brackets":
    "Sehen Sie sich die fehlgeschlagene Anmeldung im Anmeldeprotokoll von Entra ID an; der Code steht in Klammern",
  "Microsoft Entra ID did not accept the portal itself":
    "Microsoft Entra ID hat das Portal selbst nicht angenommen",
  "See that the app registration has a federated credential whose issuer is the broker's address, subject portal, audience api://AzureADTokenExchange":
    "Vergewissern Sie sich, dass die App-Registrierung Verbundanmeldeinformationen hat, deren Aussteller die Adresse des Brokers ist, mit dem Antragsteller portal und der Zielgruppe api://AzureADTokenExchange",
  "See that Entra ID can reach the issuer":
    "Vergewissern Sie sich, dass Entra ID den Aussteller erreichen kann",
  "The answer of Microsoft Entra ID could not be verified":
    "Die Antwort von Microsoft Entra ID ließ sich nicht prüfen",
  "The request did not come from the portal": "Die Anforderung kam nicht vom Portal",
  "The request did not come from a page of the portal":
    "Die Anforderung kam nicht von einer Seite des Portals",
  "Open the portal by its own address and repeat what you did.":
    "Öffnen Sie das Portal unter seiner eigenen Adresse, und wiederholen Sie, was Sie getan haben.",
  "A page of another site must not act with the session of whoever looks at it.":
    "Eine Seite einer anderen Website darf nicht mit der Sitzung dessen handeln, der sie ansieht.",
  "Open the portal by its own address, reload the page and try again":
    "Öffnen Sie das Portal unter seiner eigenen Adresse, laden Sie die Seite neu, und versuchen Sie es erneut",
  "The request came from a page of another origin":
    "Die Anforderung kam von einer Seite eines anderen Ursprungs",
  "The request lacks the token of its session": "Der Anforderung fehlt das Token ihrer Sitzung",
};
