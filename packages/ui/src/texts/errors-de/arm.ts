import type { Phrases } from "../../explanation/translate.ts";

export const arm: Phrases = {
  "The resource was not found": "Die Ressource wurde nicht gefunden",
  "The resource cannot be found in this resource group":
    "In dieser Ressourcengruppe ist die Ressource nicht zu finden",
  "Ask the order owner for the order's name, resource group and subscription.":
    "Fragen Sie den Besitzer des Auftrags nach dem Namen, der Ressourcengruppe und dem Abonnement des Auftrags.",
  "No resource of this name exists in the resource group, or you may not see it.":
    "In der Ressourcengruppe gibt es keine Ressource dieses Namens, oder Sie dürfen sie nicht sehen.",
  "Nothing is changed; the request was not carried out.":
    "Nichts ist geändert; die Anforderung wurde nicht ausgeführt.",
  "Look for the resource by its name": "Suchen Sie die Ressource nach ihrem Namen",
  "The resource group was not found": "Die Ressourcengruppe wurde nicht gefunden",
  "The resource group cannot be found": "Die Ressourcengruppe ist nicht zu finden",
  "Ask the order owner for the order's resource group.":
    "Fragen Sie den Besitzer des Auftrags nach der Ressourcengruppe des Auftrags.",
  "The subscription has no resource group of this name.":
    "Das Abonnement hat keine Ressourcengruppe dieses Namens.",
  "List the resource groups": "Listen Sie die Ressourcengruppen auf",
  "The subscription was not found": "Das Abonnement wurde nicht gefunden",
  "The subscription cannot be found": "Das Abonnement ist nicht zu finden",
  "Ask the order owner for the order's subscription.":
    "Fragen Sie den Besitzer des Auftrags nach dem Abonnement des Auftrags.",
  "No subscription has this id, or you may not see it.":
    "Kein Abonnement hat diese ID, oder Sie dürfen es nicht sehen.",
  "List your subscriptions": "Listen Sie Ihre Abonnements auf",
  "The API version is not supported": "Die API-Version wird nicht unterstützt",
  "The api-version parameter names a version that is not supported":
    "Der Parameter api-version nennt eine Version, die nicht unterstützt wird",
  "Ask the order owner to update the tool that made this request.":
    "Bitten Sie den Besitzer des Auftrags, das Werkzeug zu aktualisieren, das diese Anforderung gestellt hat.",
  "The version is unknown to us, or it is not a date as API versions are.":
    "Die Version ist uns unbekannt, oder sie ist kein Datum, wie API-Versionen es sind.",
  "Use a version that is supported, such as 2022-12-01":
    "Benutzen Sie eine Version, die unterstützt wird, wie 2022-12-01",
  "The API version is missing": "Die API-Version fehlt",
  "The api-version parameter is required and missing":
    "Der Parameter api-version ist erforderlich und fehlt",
  "Ask the order owner to name the API version in the request.":
    "Bitten Sie den Besitzer des Auftrags, in der Anforderung die API-Version zu nennen.",
  "Every request to Resource Manager names the version of the API that it was written for.":
    "Jede Anforderung an Resource Manager nennt die Version der API, für die sie geschrieben wurde.",
  "Add the parameter to the URL": "Ergänzen Sie den Parameter in der URL",
  "The request is not valid": "Die Anforderung ist ungültig",
  "The request content is not valid": "Der Inhalt der Anforderung ist ungültig",
  "Ask the order owner to correct the request; the error names the member that is wrong.":
    "Bitten Sie den Besitzer des Auftrags, die Anforderung zu berichtigen; der Fehler nennt das falsche Element.",
  "The body is not JSON, or a member is missing, unknown, of the wrong type or out of range.":
    "Der Textkörper ist kein JSON, oder ein Element fehlt, ist unbekannt, vom falschen Typ oder außerhalb seines Bereichs.",
  "Correct the member that the error's target and details name, and send the request again":
    "Berichtigen Sie das Element, das „target“ und „details“ des Fehlers nennen, und senden Sie die Anforderung erneut",
  "The name is not valid": "Der Name ist ungültig",
  "The resource name is not valid": "Der Ressourcenname ist ungültig",
  "Ask the order owner to choose another name for the order.":
    "Bitten Sie den Besitzer des Auftrags, einen anderen Namen für den Auftrag zu wählen.",
  "The name is too short, too long or holds characters that are not allowed.":
    "Der Name ist zu kurz, zu lang oder enthält Zeichen, die nicht erlaubt sind.",
  "Choose a name of 3 to 24 letters, digits, hyphens, underscores and full stops":
    "Wählen Sie einen Namen aus 3 bis 24 Buchstaben, Ziffern, Bindestrichen, Unterstrichen und Punkten",
  "You are not signed in": "Sie sind nicht angemeldet",
  "The caller cannot be authenticated": "Der Aufrufer kann nicht authentifiziert werden",
  "Sign in again and repeat what you did.":
    "Melden Sie sich erneut an, und wiederholen Sie, was Sie getan haben.",
  "Every call needs a token of Microsoft Entra ID for this tenant and this service.":
    "Jeder Aufruf braucht ein Token von Microsoft Entra ID für diesen Mandanten und diesen Dienst.",
  "Sign in again and repeat the request":
    "Melden Sie sich erneut an, und wiederholen Sie die Anforderung",
  "The request carries no access token": "Die Anforderung enthält kein Zugriffstoken",
  "The access token cannot be read": "Das Zugriffstoken ist nicht lesbar",
  "The access token has expired or is not valid yet":
    "Das Zugriffstoken ist abgelaufen oder noch nicht gültig",
  "The access token was issued for another service":
    "Das Zugriffstoken wurde für einen anderen Dienst ausgestellt",
  "Ask for a token of Resource Manager": "Fordern Sie ein Token für Resource Manager an",
  "The access token was issued by another tenant":
    "Das Zugriffstoken wurde von einem anderen Mandanten ausgestellt",
  "The signature of the access token is not valid": "Die Signatur des Zugriffstokens ist ungültig",
  "Nobody is signed in to the portal, or the session has ended":
    "Im Portal ist niemand angemeldet, oder die Sitzung ist beendet",
  "Sign in to the portal again": "Melden Sie sich erneut im Portal an",
  "You are not allowed to do this": "Sie sind dazu nicht berechtigt",
  "The caller has no permission for this action on this resource":
    "Der Aufrufer hat für diese Aktion an dieser Ressource keine Berechtigung",
  "Ask your security administrator for a role on order {orderName} that allows this.":
    "Bitten Sie Ihren Sicherheitsadministrator um eine Rolle am Auftrag {orderName}, die das erlaubt.",
  "The caller is known, but none of its roles includes the action. Reading an order does not include reading its credentials.":
    "Der Aufrufer ist bekannt, aber keine seiner Rollen enthält die Aktion. Wer einen Auftrag lesen darf, darf nicht auch seine Anmeldeinformationen lesen.",
  "Nothing is changed; the refusal is in the audit trail.":
    "Nichts ist geändert; die Verweigerung steht im Prüfprotokoll.",
  "Assign a role that allows the action that the error names, such as Data Box Contributor":
    "Weisen Sie eine Rolle zu, die die im Fehler genannte Aktion erlaubt, wie „Data Box Contributor“",
  "Sign in again, so that the new role is in the token":
    "Melden Sie sich erneut an, damit die neue Rolle im Token steht",
  "The resource was changed by somebody else": "Jemand anderes hat die Ressource geändert",
  "The resource has changed since it was read":
    "Die Ressource hat sich geändert, seit sie gelesen wurde",
  "Ask the order owner to read order {orderName} again and repeat the change.":
    "Bitten Sie den Besitzer des Auftrags, den Auftrag {orderName} neu zu lesen und die Änderung zu wiederholen.",
  "The If-Match header names another ETag than the resource has now.":
    "Der If-Match-Header nennt ein anderes ETag, als die Ressource jetzt hat.",
  "Read the order again, look at what changed, and repeat the change with its new ETag":
    "Lesen Sie den Auftrag neu, sehen Sie nach, was sich geändert hat, und wiederholen Sie die Änderung mit seinem neuen ETag",
  "The order exists already": "Den Auftrag gibt es bereits",
  "An order of this name exists already and cannot be created again":
    "Einen Auftrag dieses Namens gibt es bereits; er kann nicht noch einmal erstellt werden",
  "Ask the order owner to choose another name, or to update order {orderName} instead.":
    "Bitten Sie den Besitzer des Auftrags, einen anderen Namen zu wählen oder stattdessen den Auftrag {orderName} zu ändern.",
  "Creating never overwrites: the existing order may have an appliance on its way.":
    "Erstellen überschreibt nie: Zum vorhandenen Auftrag kann ein Gerät unterwegs sein.",
  "The existing order stays as it is.": "Der vorhandene Auftrag bleibt, wie er ist.",
  "See the order that has the name": "Sehen Sie sich den Auftrag an, der den Namen hat",
  "Choose another name, or change the order by an update (PATCH) instead of a creation (PUT)":
    "Wählen Sie einen anderen Namen, oder ändern Sie den Auftrag durch eine Aktualisierung (PATCH) statt durch eine Erstellung (PUT)",
  "The method is not allowed here": "Die Methode ist hier nicht erlaubt",
  "This address does not support the HTTP method":
    "Diese Adresse unterstützt die HTTP-Methode nicht",
  "Ask the order owner to correct the request's method.":
    "Bitten Sie den Besitzer des Auftrags, die Methode der Anforderung zu berichtigen.",
  "The address exists, and this method does not exist for it.":
    "Die Adresse gibt es, aber nicht diese Methode für sie.",
  "Use a method that the answer's Allow header names":
    "Benutzen Sie eine Methode, die der Allow-Header der Antwort nennt",
  "There is nothing at this address": "An dieser Adresse gibt es nichts",
  "No operation exists at this address": "An dieser Adresse gibt es keine Operation",
  "Ask the broker's operator whether the address {brokerUrl} is right.":
    "Fragen Sie den Betreiber des Dienstes, ob die Adresse {brokerUrl} richtig ist.",
  "The path is not one of the broker's routes.": "Der Pfad ist keine der Routen des Brokers.",
  "Compare the address with the API's documentation":
    "Vergleichen Sie die Adresse mit der Dokumentation der API",
  "The content type is not supported": "Der Inhaltstyp wird nicht unterstützt",
  "The content type of the request is not supported here":
    "Der Inhaltstyp der Anforderung wird hier nicht unterstützt",
  "Ask the broker's operator which version of the tool fits the broker.":
    "Fragen Sie den Betreiber des Dienstes, welche Version des Werkzeugs zum Broker passt.",
  "A body is only read when its content type says that it is what the route expects.":
    "Ein Textkörper wird nur gelesen, wenn sein Inhaltstyp sagt, dass er ist, was die Route erwartet.",
  "Send application/json to the management API and application/jose to the device API":
    "Senden Sie application/json an die Verwaltungs-API und application/jose an die Geräte-API",
  "The request is too large": "Die Anforderung ist zu groß",
  "The request body is larger than this address accepts":
    "Der Textkörper der Anforderung ist größer, als diese Adresse annimmt",
  "Ask the order owner to make the request smaller.":
    "Bitten Sie den Besitzer des Auftrags, die Anforderung zu verkleinern.",
  "Every route has a cap on its body, which is checked before anything is read into memory.":
    "Jede Route hat eine Obergrenze für ihren Textkörper; sie wird geprüft, bevor etwas in den Speicher gelesen wird.",
  "Make the body smaller; the error's details name the limit":
    "Verkleinern Sie den Textkörper; „details“ des Fehlers nennt die Grenze",
  "Too many requests": "Zu viele Anforderungen",
  "Too many requests came from this caller": "Von diesem Aufrufer kamen zu viele Anforderungen",
  "Wait {retryAfterSeconds} seconds, then try again.":
    "Warten Sie {retryAfterSeconds} Sekunden, und versuchen Sie es dann erneut.",
  "Each caller has a budget, so that none can use up the service for the others.":
    "Jeder Aufrufer hat ein Budget, damit keiner den Dienst für die anderen aufbraucht.",
  "Other callers are served; nothing is changed.":
    "Andere Aufrufer werden bedient; nichts ist geändert.",
  "Wait {retryAfterSeconds} seconds, as the Retry-After header says, and send the request again":
    "Warten Sie {retryAfterSeconds} Sekunden, wie der Retry-After-Header sagt, und senden Sie die Anforderung erneut",
  "The service is not available now": "Der Dienst ist gerade nicht verfügbar",
  "The service cannot answer now": "Der Dienst kann gerade nicht antworten",
  "Wait a minute, then try again.": "Warten Sie eine Minute, und versuchen Sie es dann erneut.",
  "The broker is starting or stopping, or its database does not answer.":
    "Der Broker startet oder beendet sich gerade, oder seine Datenbank antwortet nicht.",
  "Nothing is changed, and nothing re-locks.":
    "Nichts ist geändert, und nichts sperrt sich wieder.",
  "Send the same request again after {retryAfterSeconds} seconds":
    "Senden Sie dieselbe Anforderung nach {retryAfterSeconds} Sekunden erneut",
};
