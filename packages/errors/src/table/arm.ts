import type { WrittenStep } from "../row.ts";
import { invalid, refused, unreachable } from "./classes.ts";
import { TRY_AGAIN } from "./steps.ts";

const NOTHING_DONE = "Nothing is changed; the request was not carried out.";
const SIGN_IN = {
  text: "Sign in again and repeat the request",
  command: "az login --tenant {tenantId}",
} as const;

/** Storage that only the broker's operator can mend. */
const operatorMends = (step: WrittenStep) =>
  ({
    who: "broker-operator",
    ask: "Tell the broker's operator that the broker's storage is unavailable; the key was not refused.",
    steps: [step, TRY_AGAIN],
  }) as const;

/**
 * Codes of Azure Resource Manager itself, with its statuses (Azure Resource Manager, "Common
 * deployment errors").
 */
export const ARM_ERRORS = {
  ResourceNotFound: invalid(404, "order-owner", {
    title: "The resource was not found",
    message: "The resource cannot be found in this resource group",
    ask: "Ask the order owner for the order's name, resource group and subscription.",
    steps: [
      {
        text: "Look for the resource by its name",
        command: "az resource list --name {orderName} --query '[].id'",
      },
    ],
    why: "No resource of this name exists in the resource group, or you may not see it.",
    reasons: {
      restored: {
        message:
          "The resource cannot be found in this resource group; the service's database was restored from a backup that may be older than it",
        steps: [
          "If the order was made after the backup, create it again under the same name, and tell the broker's operator",
        ],
        why: "The database has no such order since it was restored, so it may have been lost.",
      },
    },
    meanwhile: NOTHING_DONE,
    reproduce: 'az rest --method get --url "{orderId}-x?api-version=2022-12-01"',
  }),
  ResourceGroupNotFound: invalid(404, "order-owner", {
    title: "The resource group was not found",
    message: "The resource group cannot be found",
    ask: "Ask the order owner for the order's resource group.",
    steps: [{ text: "List the resource groups", command: "az group list --query '[].name'" }],
    why: "The subscription has no resource group of this name.",
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method get --url "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}-x/providers/Microsoft.DataBox/jobs/{orderName}?api-version=2022-12-01"',
  }),
  SubscriptionNotFound: invalid(404, "order-owner", {
    title: "The subscription was not found",
    message: "The subscription cannot be found",
    ask: "Ask the order owner for the order's subscription.",
    steps: [{ text: "List your subscriptions", command: "az account list --query '[].id'" }],
    why: "No subscription has this id, or you may not see it.",
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method get --url "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.DataBox/jobs?api-version=2022-12-01"',
  }),
  InvalidApiVersionParameter: invalid(400, "order-owner", {
    title: "The API version is not supported",
    message: "The api-version parameter names a version that is not supported",
    ask: "Ask the order owner to update the tool that made this request.",
    steps: [
      {
        text: "Use a version that is supported, such as 2022-12-01",
        command: 'az rest --method get --url "{orderId}?api-version=2022-12-01"',
      },
    ],
    why: "The version is unknown, or it is not a date, as API versions must be.",
    meanwhile: NOTHING_DONE,
    reproduce: 'az rest --method get --url "{orderId}?api-version=1999-01-01"',
  }),
  MissingApiVersionParameter: invalid(400, "order-owner", {
    title: "The API version is missing",
    message: "The api-version parameter is required and missing",
    ask: "Ask the order owner to name the API version in the request.",
    steps: [
      {
        text: "Add the parameter to the URL",
        command: 'az rest --method get --url "{orderId}?api-version=2022-12-01"',
      },
    ],
    why: "Every request to Resource Manager names the version of the API that it was written for.",
    meanwhile: NOTHING_DONE,
    reproduce: 'az rest --method get --url "{orderId}"',
  }),
  InvalidRequestContent: invalid(400, "order-owner", {
    title: "The request is not valid",
    message: "The request content is not valid",
    ask: "Ask the order owner to correct the request; the error names the member that is wrong.",
    steps: [
      "Correct the member that the error's target and details name, and send the request again",
    ],
    why: "The body is not JSON, or a member is missing, unknown, of the wrong type or out of range.",
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"sku":7}\'',
  }),
  InvalidResourceGroup: invalid(400, "order-owner", {
    title: "The resource group name is not valid",
    message: "The resource group name is not valid",
    ask: "Ask the order owner to check the name of the resource group.",
    steps: [
      "Use a name of 1 to 90 letters (A to Z), digits, hyphens, underscores, parentheses and full stops that does not end with a full stop",
    ],
    why: "The name is too long, ends with a full stop or holds characters that are not allowed.",
    meanwhile: NOTHING_DONE,
  }),
  InvalidResourceName: invalid(400, "order-owner", {
    title: "The name is not valid",
    message: "The resource name is not valid",
    ask: "Ask the order owner to choose another name for the order.",
    steps: ["Choose a name of 3 to 24 letters, digits, hyphens, underscores and full stops"],
    why: "The name is too short, too long or holds characters that are not allowed.",
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method get --url "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.DataBox/jobs/no%20name?api-version=2022-12-01"',
  }),
  AuthenticationFailed: refused(401, "order-owner", {
    title: "You are not signed in",
    message: "The caller cannot be authenticated",
    ask: "Sign in again and repeat what you did.",
    steps: [SIGN_IN],
    reasons: {
      "missing-token": {
        message: "The request carries no access token",
      },
      "malformed-token": {
        message: "The access token cannot be read",
      },
      "expired-token": {
        message: "The access token has expired or is not valid yet",
      },
      "wrong-audience": {
        message: "The access token was issued for another service",
        steps: [
          {
            text: "Get a token for Resource Manager",
            command: "az account get-access-token --resource-type arm --query expiresOn",
          },
        ],
      },
      "wrong-issuer": {
        message: "The access token was issued by another tenant",
      },
      "bad-signature": {
        message: "The signature of the access token is not valid",
      },
      "no-session": {
        message: "You are not signed in to the portal, or the session has ended",
        steps: ["Sign in to the portal again"],
        why: "A session ends after an hour without use, after eight hours, when the person signs out, and when Entra ID no longer renews its tokens.",
      },
    },
    why: "Every call needs a token from Microsoft Entra ID for this tenant and this service.",
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method get --skip-authorization-header --url "{orderId}?api-version=2022-12-01"',
  }),
  AuthorizationFailed: refused(403, "security-administrator", {
    title: "You are not allowed to do this",
    message: "The caller has no permission for this action on this resource",
    ask: "Ask your security administrator for a role[ on order {orderName}] that allows this.",
    steps: [
      {
        text: "Assign a role that allows the action that the error names, such as Data Box Contributor",
        command:
          "az role assignment create --role 'Data Box Contributor' --assignee-object-id {principalId} --scope {orderId}",
      },
      {
        text: "Sign in again, so that the new role is in the token",
        command: "az login --tenant {tenantId}",
        for: "order-owner",
      },
    ],
    reasons: {
      "app-role": {
        message: "The caller's token has no app role that allows this action",
        ask: "Ask your Entra ID administrator for the app role {appRole}.",
        steps: [
          "In Entra ID, open the enterprise application of the broker, then Users and groups, and assign the app role {appRole}; a role of Azure on an order does not help",
          {
            text: "Sign in again, so that the new role is in the token",
            command: "az login --tenant {tenantId}",
            for: "broker-operator",
          },
        ],
        why: "The operator's API and the deliveries of Event Grid are for app roles of the token. They have no scope in Azure.",
      },
    },
    why: "The caller is known, but none of its roles includes the action. Reading an order does not include reading its credentials.",
    meanwhile: "Nothing is changed; the refusal is in the audit trail.",
  }),
  PreconditionFailed: invalid(412, "order-owner", {
    title: "Someone else changed the resource",
    message: "The resource has changed since it was read",
    ask: "Ask the order owner to read order {orderName} again and repeat the change.",
    steps: [
      {
        text: "Read the order again, check what changed, and repeat the change with its new ETag",
        command: 'az rest --method get --url "{orderId}?api-version=2022-12-01"',
      },
    ],
    why: "The If-Match header names another ETag than the resource has now.",
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --headers If-Match=stale --body \'{"tags":{}}\'',
  }),
  ResourceAlreadyExists: invalid(409, "order-owner", {
    title: "The order already exists",
    message: "An order with this name already exists and cannot be created again",
    ask: "Ask the order owner to choose another name, or to update order {orderName} instead.",
    steps: [
      {
        text: "Show the order that has this name",
        command: 'az rest --method get --url "{orderId}?api-version=2022-12-01"',
      },
      "Choose another name, or change the order by an update (PATCH) instead of a creation (PUT)",
    ],
    why: "Creating never overwrites: the existing order may have an appliance on its way.",
    meanwhile: "The existing order stays as it is.",
  }),
  MethodNotAllowed: invalid(405, "order-owner", {
    title: "The method is not allowed here",
    message: "This address does not support the HTTP method",
    ask: "Ask the order owner to correct the request's method.",
    steps: ["Use a method that the answer's Allow header names"],
    why: "The address exists, and this method does not exist for it.",
    meanwhile: NOTHING_DONE,
    reproduce: "az rest --method put --url \"{orderId}/cancel?api-version=2022-12-01\" --body '{}'",
  }),
  NotFound: invalid(404, "order-owner", {
    title: "There is nothing at this address",
    message: "No operation exists at this address",
    ask: "Ask the broker's operator for the address of this service.",
    steps: ["Compare the address with the API's documentation"],
    why: "The path is not one of the broker's routes.",
    meanwhile: NOTHING_DONE,
    reproduce: 'az rest --method get --url "{orderId}/nothing?api-version=2022-12-01"',
  }),
  UnsupportedMediaType: invalid(415, "order-owner", {
    title: "The content type is not supported",
    message: "The content type of the request is not supported here",
    ask: "Ask the broker's operator which version of the tool fits the broker.",
    steps: ["Send application/json to the management API and application/jose to the device API"],
    why: "A body is read only if it has the content type that the route expects.",
    meanwhile: NOTHING_DONE,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --headers Content-Type=text/plain --body x',
  }),
  RequestBodyTooLarge: invalid(413, "order-owner", {
    title: "The request is too large",
    message: "The request body is larger than this address accepts",
    ask: "Ask the order owner to make the request smaller.",
    steps: ["Make the body smaller; the error's details name the limit"],
    why: "Every route limits the size of its body; the limit is checked before anything is read into memory.",
    meanwhile: NOTHING_DONE,
  }),
  TooManyRequests: unreachable(429, "nobody", {
    title: "Too many requests",
    message: "Too many requests came from this caller",
    ask: "Wait {retryAfterSeconds} seconds, then try again.",
    steps: [
      "Wait {retryAfterSeconds} seconds, as the Retry-After header says, and send the request again",
    ],
    why: "Each caller has a limit, so that one caller cannot use up the service for the others.",
    meanwhile: "Other callers are served; nothing is changed.",
  }),
  ServiceUnavailable: unreachable(503, "nobody", {
    title: "The service is not available now",
    message: "The service cannot answer now",
    ask: "Wait a minute, then try again.",
    steps: ["Send the same request again after {retryAfterSeconds} seconds"],
    reasons: {
      full: {
        message: "The broker's storage is full",
        ...operatorMends({
          text: "Make room for the database: remove files that do not belong to it, or grow the disk; never remove broker.sqlite-wal",
          command: "df --human-readable",
        }),
        why: "The disk of the database is full (SQLITE_FULL, 53100).",
      },
      "read-only": {
        message: "The broker's storage is read-only",
        ...operatorMends(
          "Mount the disk of BROKER_DATA_DIR for writing, or name the primary server in DATABASE_URL",
        ),
        why: "The file system or the file of the database takes no write (SQLITE_READONLY), or the server is a standby (25006).",
      },
      locked: {
        message: "Another program holds the broker's database",
        ...operatorMends({
          text: "End the program that holds the write lock of broker.sqlite, such as a backup or a second broker",
          command: "broker doctor",
        }),
        why: "Another process held SQLite's write lock for longer than the broker waits (SQLITE_BUSY).",
      },
      damaged: {
        message: "The broker's storage cannot be read",
        ...operatorMends({
          text: "Check the disk and the database, and restore the last backup if it is damaged",
          command: "broker doctor",
        }),
        why: "The database's pages or files cannot be read (SQLITE_CORRUPT, SQLITE_IOERR, XX001).",
      },
    },
    why: "The broker is starting or stopping, or its database does not answer.",
    meanwhile: "Nothing is changed, and nothing re-locks.",
  }),
};
