import type { Step, Text } from "../row.ts";
import { invalid, refused, unreachable } from "./classes.ts";
import { TRY_AGAIN } from "./steps.ts";

const NOTHING_DONE = {
  en: "Nothing is changed; the request was not carried out.",
  de: "Nichts ist geändert; die Anforderung wurde nicht ausgeführt.",
} as const satisfies Text;
const SIGN_IN = {
  en: "Sign in again and repeat the request",
  de: "Melden Sie sich erneut an, und wiederholen Sie die Anforderung",
  command: "az login --tenant {tenantId}",
} as const;

/** Storage that only the broker's operator can mend. */
const operatorMends = (step: Step<Text>) =>
  ({
    who: "broker-operator",
    ask: {
      en: "Tell the broker's operator that the broker's storage is unavailable; the key was not refused.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass der Speicher des Brokers nicht verfügbar ist; der Schlüssel wurde nicht verweigert.",
    },
    steps: [step, TRY_AGAIN],
  }) as const;

/**
 * Codes of Azure Resource Manager itself, with its statuses (Azure Resource Manager, "Common
 * deployment errors").
 */
export const ARM_ERRORS = {
  ResourceNotFound: invalid(404, "order-owner", {
    title: { en: "The resource was not found", de: "Die Ressource wurde nicht gefunden" },
    message: {
      en: "The resource cannot be found in this resource group",
      de: "In dieser Ressourcengruppe ist die Ressource nicht zu finden",
    },
    ask: {
      en: "Ask the order owner for the order's name, resource group and subscription.",
      de: "Fragen Sie den Besitzer des Auftrags nach dem Namen, der Ressourcengruppe und dem Abonnement des Auftrags.",
    },
    steps: [
      {
        en: "Look for the resource by its name",
        de: "Suchen Sie die Ressource nach ihrem Namen",
        command: "az resource list --name {orderName} --query '[].id'",
      },
    ],
    why: {
      en: "No resource of this name exists in the resource group, or you may not see it.",
      de: "In der Ressourcengruppe gibt es keine Ressource dieses Namens, oder Sie dürfen sie nicht sehen.",
    },
    reasons: {
      restored: {
        message: {
          en: "The resource cannot be found in this resource group; the service's database was restored from a backup that may be older than it",
          de: "In dieser Ressourcengruppe ist die Ressource nicht zu finden; die Datenbank des Dienstes stammt aus einer Sicherung, die älter sein kann",
        },
        steps: [
          {
            en: "If the order was made after the backup, create it again under the same name, and tell the broker's operator",
            de: "Wenn der Auftrag nach der Sicherung angelegt wurde, legen Sie ihn unter demselben Namen neu an, und sagen Sie es dem Betreiber des Dienstes",
          },
        ],
        why: "The database has no such order since it was restored, so it may have been lost.",
      },
    },
    meanwhile: NOTHING_DONE,
    reproduce: 'az rest --method get --url "{orderId}-x?api-version=2022-12-01"',
  }),
  ResourceGroupNotFound: invalid(404, "order-owner", {
    title: {
      en: "The resource group was not found",
      de: "Die Ressourcengruppe wurde nicht gefunden",
    },
    message: {
      en: "The resource group cannot be found",
      de: "Die Ressourcengruppe ist nicht zu finden",
    },
    ask: {
      en: "Ask the order owner for the order's resource group.",
      de: "Fragen Sie den Besitzer des Auftrags nach der Ressourcengruppe des Auftrags.",
    },
    steps: [
      {
        en: "List the resource groups",
        de: "Listen Sie die Ressourcengruppen auf",
        command: "az group list --query '[].name'",
      },
    ],
    why: {
      en: "The subscription has no resource group of this name.",
      de: "Das Abonnement hat keine Ressourcengruppe dieses Namens.",
    },
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method get --url "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}-x/providers/Microsoft.DataBox/jobs/{orderName}?api-version=2022-12-01"',
  }),
  SubscriptionNotFound: invalid(404, "order-owner", {
    title: { en: "The subscription was not found", de: "Das Abonnement wurde nicht gefunden" },
    message: { en: "The subscription cannot be found", de: "Das Abonnement ist nicht zu finden" },
    ask: {
      en: "Ask the order owner for the order's subscription.",
      de: "Fragen Sie den Besitzer des Auftrags nach dem Abonnement des Auftrags.",
    },
    steps: [
      {
        en: "List your subscriptions",
        de: "Listen Sie Ihre Abonnements auf",
        command: "az account list --query '[].id'",
      },
    ],
    why: {
      en: "No subscription has this id, or you may not see it.",
      de: "Kein Abonnement hat diese ID, oder Sie dürfen es nicht sehen.",
    },
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method get --url "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.DataBox/jobs?api-version=2022-12-01"',
  }),
  InvalidApiVersionParameter: invalid(400, "order-owner", {
    title: { en: "The API version is not supported", de: "Die API-Version wird nicht unterstützt" },
    message: {
      en: "The api-version parameter names a version that is not supported",
      de: "Der Parameter api-version nennt eine Version, die nicht unterstützt wird",
    },
    ask: {
      en: "Ask the order owner to update the tool that made this request.",
      de: "Bitten Sie den Besitzer des Auftrags, das Werkzeug zu aktualisieren, das diese Anforderung gestellt hat.",
    },
    steps: [
      {
        en: "Use a version that is supported, such as 2022-12-01",
        de: "Benutzen Sie eine Version, die unterstützt wird, wie 2022-12-01",
        command: 'az rest --method get --url "{orderId}?api-version=2022-12-01"',
      },
    ],
    why: {
      en: "The version is unknown, or it is not a date, as API versions must be.",
      de: "Die Version ist uns unbekannt, oder sie ist kein Datum, wie API-Versionen es sind.",
    },
    meanwhile: NOTHING_DONE,
    reproduce: 'az rest --method get --url "{orderId}?api-version=1999-01-01"',
  }),
  MissingApiVersionParameter: invalid(400, "order-owner", {
    title: { en: "The API version is missing", de: "Die API-Version fehlt" },
    message: {
      en: "The api-version parameter is required and missing",
      de: "Der Parameter api-version ist erforderlich und fehlt",
    },
    ask: {
      en: "Ask the order owner to name the API version in the request.",
      de: "Bitten Sie den Besitzer des Auftrags, in der Anforderung die API-Version zu nennen.",
    },
    steps: [
      {
        en: "Add the parameter to the URL",
        de: "Ergänzen Sie den Parameter in der URL",
        command: 'az rest --method get --url "{orderId}?api-version=2022-12-01"',
      },
    ],
    why: {
      en: "Every request to Resource Manager names the version of the API that it was written for.",
      de: "Jede Anforderung an Resource Manager nennt die Version der API, für die sie geschrieben wurde.",
    },
    meanwhile: NOTHING_DONE,
    reproduce: 'az rest --method get --url "{orderId}"',
  }),
  InvalidRequestContent: invalid(400, "order-owner", {
    title: { en: "The request is not valid", de: "Die Anforderung ist ungültig" },
    message: {
      en: "The request content is not valid",
      de: "Der Inhalt der Anforderung ist ungültig",
    },
    ask: {
      en: "Ask the order owner to correct the request; the error names the member that is wrong.",
      de: "Bitten Sie den Besitzer des Auftrags, die Anforderung zu berichtigen; der Fehler nennt das falsche Element.",
    },
    steps: [
      {
        en: "Correct the member that the error's target and details name, and send the request again",
        de: "Berichtigen Sie das Element, das „target“ und „details“ des Fehlers nennen, und senden Sie die Anforderung erneut",
      },
    ],
    why: {
      en: "The body is not JSON, or a member is missing, unknown, of the wrong type or out of range.",
      de: "Der Textkörper ist kein JSON, oder ein Element fehlt, ist unbekannt, vom falschen Typ oder außerhalb seines Bereichs.",
    },
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"sku":7}\'',
  }),
  InvalidResourceGroup: invalid(400, "order-owner", {
    title: {
      en: "The resource group name is not valid",
      de: "Der Name der Ressourcengruppe ist ungültig",
    },
    message: {
      en: "The resource group name is not valid",
      de: "Der Name der Ressourcengruppe ist ungültig",
    },
    ask: {
      en: "Ask the order owner to check the name of the resource group.",
      de: "Bitten Sie den Besitzer des Auftrags, den Namen der Ressourcengruppe zu prüfen.",
    },
    steps: [
      {
        en: "Use a name of 1 to 90 letters (A to Z), digits, hyphens, underscores, parentheses and full stops that does not end with a full stop",
        de: "Verwenden Sie einen Namen aus 1 bis 90 Buchstaben (A bis Z), Ziffern, Bindestrichen, Unterstrichen, Klammern und Punkten, der nicht mit einem Punkt endet",
      },
    ],
    why: {
      en: "The name is too long, ends with a full stop or holds characters that are not allowed.",
      de: "Der Name ist zu lang, endet mit einem Punkt oder enthält Zeichen, die nicht erlaubt sind.",
    },
    meanwhile: NOTHING_DONE,
  }),
  InvalidResourceName: invalid(400, "order-owner", {
    title: { en: "The name is not valid", de: "Der Name ist ungültig" },
    message: { en: "The resource name is not valid", de: "Der Ressourcenname ist ungültig" },
    ask: {
      en: "Ask the order owner to choose another name for the order.",
      de: "Bitten Sie den Besitzer des Auftrags, einen anderen Namen für den Auftrag zu wählen.",
    },
    steps: [
      {
        en: "Choose a name of 3 to 24 letters, digits, hyphens, underscores and full stops",
        de: "Wählen Sie einen Namen aus 3 bis 24 Buchstaben, Ziffern, Bindestrichen, Unterstrichen und Punkten",
      },
    ],
    why: {
      en: "The name is too short, too long or holds characters that are not allowed.",
      de: "Der Name ist zu kurz, zu lang oder enthält Zeichen, die nicht erlaubt sind.",
    },
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method get --url "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.DataBox/jobs/no%20name?api-version=2022-12-01"',
  }),
  AuthenticationFailed: refused(401, "order-owner", {
    title: { en: "You are not signed in", de: "Sie sind nicht angemeldet" },
    message: {
      en: "The caller cannot be authenticated",
      de: "Der Aufrufer kann nicht authentifiziert werden",
    },
    ask: {
      en: "Sign in again and repeat what you did.",
      de: "Melden Sie sich erneut an, und wiederholen Sie, was Sie getan haben.",
    },
    steps: [SIGN_IN],
    reasons: {
      "missing-token": {
        message: {
          en: "The request carries no access token",
          de: "Die Anforderung enthält kein Zugriffstoken",
        },
      },
      "malformed-token": {
        message: {
          en: "The access token cannot be read",
          de: "Das Zugriffstoken ist nicht lesbar",
        },
      },
      "expired-token": {
        message: {
          en: "The access token has expired or is not valid yet",
          de: "Das Zugriffstoken ist abgelaufen oder noch nicht gültig",
        },
      },
      "wrong-audience": {
        message: {
          en: "The access token was issued for another service",
          de: "Das Zugriffstoken wurde für einen anderen Dienst ausgestellt",
        },
        steps: [
          {
            en: "Get a token for Resource Manager",
            de: "Fordern Sie ein Token für Resource Manager an",
            command: "az account get-access-token --resource-type arm --query expiresOn",
          },
        ],
      },
      "wrong-issuer": {
        message: {
          en: "The access token was issued by another tenant",
          de: "Das Zugriffstoken wurde von einem anderen Mandanten ausgestellt",
        },
      },
      "bad-signature": {
        message: {
          en: "The signature of the access token is not valid",
          de: "Die Signatur des Zugriffstokens ist ungültig",
        },
      },
      "no-session": {
        message: {
          en: "You are not signed in to the portal, or the session has ended",
          de: "Im Portal ist niemand angemeldet, oder die Sitzung ist beendet",
        },
        steps: [
          {
            en: "Sign in to the portal again",
            de: "Melden Sie sich erneut im Portal an",
          },
        ],
        why: "A session ends after an hour without use, after eight hours, when the person signs out, and when Entra ID no longer renews its tokens.",
      },
    },
    why: {
      en: "Every call needs a token from Microsoft Entra ID for this tenant and this service.",
      de: "Jeder Aufruf braucht ein Token von Microsoft Entra ID für diesen Mandanten und diesen Dienst.",
    },
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method get --skip-authorization-header --url "{orderId}?api-version=2022-12-01"',
  }),
  AuthorizationFailed: refused(403, "security-administrator", {
    title: { en: "You are not allowed to do this", de: "Sie sind dazu nicht berechtigt" },
    message: {
      en: "The caller has no permission for this action on this resource",
      de: "Der Aufrufer hat für diese Aktion an dieser Ressource keine Berechtigung",
    },
    ask: {
      en: "Ask your security administrator for a role[ on order {orderName}] that allows this.",
      de: "Bitten Sie Ihren Sicherheitsadministrator um eine Rolle[ am Auftrag {orderName}], die das erlaubt.",
    },
    steps: [
      {
        en: "Assign a role that allows the action that the error names, such as Data Box Contributor",
        de: "Weisen Sie eine Rolle zu, die die im Fehler genannte Aktion erlaubt, wie „Data Box Contributor“",
        command:
          "az role assignment create --role 'Data Box Contributor' --assignee-object-id {principalId} --scope {orderId}",
      },
      {
        en: "Sign in again, so that the new role is in the token",
        de: "Melden Sie sich erneut an, damit die neue Rolle im Token steht",
        command: "az login --tenant {tenantId}",
        for: "order-owner",
      },
    ],
    reasons: {
      "app-role": {
        message: {
          en: "The caller's token has no app role that allows this action",
          de: "Das Token des Aufrufers hat keine App-Rolle, die diese Aktion erlaubt",
        },
        ask: {
          en: "Ask your Entra ID administrator for the app role {appRole}.",
          de: "Bitten Sie Ihren Entra-ID-Administrator um die App-Rolle {appRole}.",
        },
        steps: [
          {
            en: "In Entra ID, open the enterprise application of the broker, then Users and groups, and assign the app role {appRole}; a role of Azure on an order does not help",
            de: "Öffnen Sie in Entra ID die Unternehmensanwendung des Brokers, dann „Benutzer und Gruppen“, und weisen Sie die App-Rolle {appRole} zu; eine Azure-Rolle am Auftrag hilft nicht",
          },
          {
            en: "Sign in again, so that the new role is in the token",
            de: "Melden Sie sich erneut an, damit die neue Rolle im Token steht",
            command: "az login --tenant {tenantId}",
            for: "broker-operator",
          },
        ],
        why: "The operator's API and the deliveries of Event Grid are for app roles of the token. They have no scope in Azure.",
      },
    },
    why: {
      en: "The caller is known, but none of its roles includes the action. Reading an order does not include reading its credentials.",
      de: "Der Aufrufer ist bekannt, aber keine seiner Rollen enthält die Aktion. Wer einen Auftrag lesen darf, darf nicht auch seine Anmeldeinformationen lesen.",
    },
    meanwhile: {
      en: "Nothing is changed; the refusal is in the audit trail.",
      de: "Nichts ist geändert; die Verweigerung steht im Prüfprotokoll.",
    },
  }),
  PreconditionFailed: invalid(412, "order-owner", {
    title: {
      en: "Someone else changed the resource",
      de: "Jemand anderes hat die Ressource geändert",
    },
    message: {
      en: "The resource has changed since it was read",
      de: "Die Ressource hat sich geändert, seit sie gelesen wurde",
    },
    ask: {
      en: "Ask the order owner to read order {orderName} again and repeat the change.",
      de: "Bitten Sie den Besitzer des Auftrags, den Auftrag {orderName} neu zu lesen und die Änderung zu wiederholen.",
    },
    steps: [
      {
        en: "Read the order again, check what changed, and repeat the change with its new ETag",
        de: "Lesen Sie den Auftrag neu, sehen Sie nach, was sich geändert hat, und wiederholen Sie die Änderung mit seinem neuen ETag",
        command: 'az rest --method get --url "{orderId}?api-version=2022-12-01"',
      },
    ],
    why: {
      en: "The If-Match header names another ETag than the resource has now.",
      de: "Der If-Match-Header nennt ein anderes ETag, als die Ressource jetzt hat.",
    },
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --headers If-Match=stale --body \'{"tags":{}}\'',
  }),
  ResourceAlreadyExists: invalid(409, "order-owner", {
    title: { en: "The order already exists", de: "Den Auftrag gibt es bereits" },
    message: {
      en: "An order with this name already exists and cannot be created again",
      de: "Einen Auftrag dieses Namens gibt es bereits; er kann nicht noch einmal erstellt werden",
    },
    ask: {
      en: "Ask the order owner to choose another name, or to update order {orderName} instead.",
      de: "Bitten Sie den Besitzer des Auftrags, einen anderen Namen zu wählen oder stattdessen den Auftrag {orderName} zu ändern.",
    },
    steps: [
      {
        en: "Show the order that has this name",
        de: "Sehen Sie sich den Auftrag an, der den Namen hat",
        command: 'az rest --method get --url "{orderId}?api-version=2022-12-01"',
      },
      {
        en: "Choose another name, or change the order by an update (PATCH) instead of a creation (PUT)",
        de: "Wählen Sie einen anderen Namen, oder ändern Sie den Auftrag durch eine Aktualisierung (PATCH) statt durch eine Erstellung (PUT)",
      },
    ],
    why: {
      en: "Creating never overwrites: the existing order may have an appliance on its way.",
      de: "Erstellen überschreibt nie: Zum vorhandenen Auftrag kann ein Gerät unterwegs sein.",
    },
    meanwhile: {
      en: "The existing order stays as it is.",
      de: "Der vorhandene Auftrag bleibt, wie er ist.",
    },
  }),
  MethodNotAllowed: invalid(405, "order-owner", {
    title: { en: "The method is not allowed here", de: "Die Methode ist hier nicht erlaubt" },
    message: {
      en: "This address does not support the HTTP method",
      de: "Diese Adresse unterstützt die HTTP-Methode nicht",
    },
    ask: {
      en: "Ask the order owner to correct the request's method.",
      de: "Bitten Sie den Besitzer des Auftrags, die Methode der Anforderung zu berichtigen.",
    },
    steps: [
      {
        en: "Use a method that the answer's Allow header names",
        de: "Benutzen Sie eine Methode, die der Allow-Header der Antwort nennt",
      },
    ],
    why: {
      en: "The address exists, and this method does not exist for it.",
      de: "Die Adresse gibt es, aber nicht diese Methode für sie.",
    },
    meanwhile: NOTHING_DONE,
    reproduce: "az rest --method put --url \"{orderId}/cancel?api-version=2022-12-01\" --body '{}'",
  }),
  NotFound: invalid(404, "order-owner", {
    title: { en: "There is nothing at this address", de: "An dieser Adresse gibt es nichts" },
    message: {
      en: "No operation exists at this address",
      de: "An dieser Adresse gibt es keine Operation",
    },
    ask: {
      en: "Ask the broker's operator whether the address {brokerUrl} is right.",
      de: "Fragen Sie den Betreiber des Dienstes, ob die Adresse {brokerUrl} richtig ist.",
    },
    steps: [
      {
        en: "Compare the address with the API's documentation",
        de: "Vergleichen Sie die Adresse mit der Dokumentation der API",
      },
    ],
    why: {
      en: "The path is not one of the broker's routes.",
      de: "Der Pfad ist keine der Routen des Brokers.",
    },
    meanwhile: NOTHING_DONE,
    reproduce: 'az rest --method get --url "{orderId}/nothing?api-version=2022-12-01"',
  }),
  UnsupportedMediaType: invalid(415, "order-owner", {
    title: { en: "The content type is not supported", de: "Der Inhaltstyp wird nicht unterstützt" },
    message: {
      en: "The content type of the request is not supported here",
      de: "Der Inhaltstyp der Anforderung wird hier nicht unterstützt",
    },
    ask: {
      en: "Ask the broker's operator which version of the tool fits the broker.",
      de: "Fragen Sie den Betreiber des Dienstes, welche Version des Werkzeugs zum Broker passt.",
    },
    steps: [
      {
        en: "Send application/json to the management API and application/jose to the device API",
        de: "Senden Sie application/json an die Verwaltungs-API und application/jose an die Geräte-API",
      },
    ],
    why: {
      en: "A body is read only if it has the content type that the route expects.",
      de: "Ein Textkörper wird nur gelesen, wenn er den Inhaltstyp hat, den die Route erwartet.",
    },
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --headers Content-Type=text/plain --body x',
  }),
  RequestBodyTooLarge: invalid(413, "order-owner", {
    title: { en: "The request is too large", de: "Die Anforderung ist zu groß" },
    message: {
      en: "The request body is larger than this address accepts",
      de: "Der Textkörper der Anforderung ist größer, als diese Adresse annimmt",
    },
    ask: {
      en: "Ask the order owner to make the request smaller.",
      de: "Bitten Sie den Besitzer des Auftrags, die Anforderung zu verkleinern.",
    },
    steps: [
      {
        en: "Make the body smaller; the error's details name the limit",
        de: "Verkleinern Sie den Textkörper; „details“ des Fehlers nennt die Grenze",
      },
    ],
    why: {
      en: "Every route limits the size of its body; the limit is checked before anything is read into memory.",
      de: "Jede Route hat eine Obergrenze für ihren Textkörper; sie wird geprüft, bevor etwas in den Speicher gelesen wird.",
    },
    meanwhile: NOTHING_DONE,
  }),
  TooManyRequests: unreachable(429, "nobody", {
    title: { en: "Too many requests", de: "Zu viele Anforderungen" },
    message: {
      en: "Too many requests came from this caller",
      de: "Von diesem Aufrufer kamen zu viele Anforderungen",
    },
    ask: {
      en: "Wait {retryAfterSeconds} seconds, then try again.",
      de: "Warten Sie {retryAfterSeconds} Sekunden, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Wait {retryAfterSeconds} seconds, as the Retry-After header says, and send the request again",
        de: "Warten Sie {retryAfterSeconds} Sekunden, wie der Retry-After-Header sagt, und senden Sie die Anforderung erneut",
      },
    ],
    why: {
      en: "Each caller has a limit, so that one caller cannot use up the service for the others.",
      de: "Jeder Aufrufer hat eine Grenze, damit ein Aufrufer den Dienst nicht für die anderen aufbraucht.",
    },
    meanwhile: {
      en: "Other callers are served; nothing is changed.",
      de: "Andere Aufrufer werden bedient; nichts ist geändert.",
    },
  }),
  ServiceUnavailable: unreachable(503, "nobody", {
    title: { en: "The service is not available now", de: "Der Dienst ist gerade nicht verfügbar" },
    message: { en: "The service cannot answer now", de: "Der Dienst kann gerade nicht antworten" },
    ask: {
      en: "Wait a minute, then try again.",
      de: "Warten Sie eine Minute, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Send the same request again after {retryAfterSeconds} seconds",
        de: "Senden Sie dieselbe Anforderung nach {retryAfterSeconds} Sekunden erneut",
      },
    ],
    reasons: {
      full: {
        message: {
          en: "The broker's storage is full",
          de: "Der Speicher des Brokers ist voll",
        },
        ...operatorMends({
          en: "Make room for the database: remove files that do not belong to it, or grow the disk; never remove broker.sqlite-wal",
          de: "Schaffen Sie Platz für die Datenbank: Entfernen Sie Dateien, die nicht zu ihr gehören, oder vergrößern Sie den Datenträger; entfernen Sie nie broker.sqlite-wal",
          command: "df --human-readable",
        }),
        why: "The disk of the database is full (SQLITE_FULL, 53100).",
      },
      "read-only": {
        message: {
          en: "The broker's storage is read-only",
          de: "Der Speicher des Brokers ist schreibgeschützt",
        },
        ...operatorMends({
          en: "Mount the disk of BROKER_DATA_DIR for writing, or name the primary server in DATABASE_URL",
          de: "Hängen Sie den Datenträger von BROKER_DATA_DIR beschreibbar ein, oder nennen Sie in DATABASE_URL den primären Server",
        }),
        why: "The file system or the file of the database takes no write (SQLITE_READONLY), or the server is a standby (25006).",
      },
      locked: {
        message: {
          en: "Another program holds the broker's database",
          de: "Ein anderes Programm hält die Datenbank des Brokers",
        },
        ...operatorMends({
          en: "End the program that holds the write lock of broker.sqlite, such as a backup or a second broker",
          de: "Beenden Sie das Programm, das die Schreibsperre von broker.sqlite hält, etwa eine Sicherung oder einen zweiten Broker",
          command: "broker doctor",
        }),
        why: "Another process held SQLite's write lock for longer than the broker waits (SQLITE_BUSY).",
      },
      damaged: {
        message: {
          en: "The broker's storage cannot be read",
          de: "Der Speicher des Brokers ist nicht lesbar",
        },
        ...operatorMends({
          en: "Check the disk and the database, and restore the last backup if it is damaged",
          de: "Prüfen Sie den Datenträger und die Datenbank, und stellen Sie die letzte Sicherung wieder her, wenn sie beschädigt ist",
          command: "broker doctor",
        }),
        why: "The database's pages or files cannot be read (SQLITE_CORRUPT, SQLITE_IOERR, XX001).",
      },
    },
    why: {
      en: "The broker is starting or stopping, or its database does not answer.",
      de: "Der Broker startet oder beendet sich gerade, oder seine Datenbank antwortet nicht.",
    },
    meanwhile: {
      en: "Nothing is changed, and nothing re-locks.",
      de: "Nichts ist geändert, und nichts sperrt sich wieder.",
    },
  }),
};
