import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const CONSTANT = /^(?:export )?const (\w*(?:MAX|MOST|LARGEST|ENOUGH|AT_ONCE)\w*) = ([\d_ *]+);$/gm;

/** Every constant of the broker and the protocol that says how much there may be: its number. */
const CONSTANTS = new Map<string, number>(
  ["apps/cloud-broker/src", "packages/protocol/src"]
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .filter((path) => !path.endsWith(".test.ts"))
    .flatMap((path) =>
      [...readFileSync(root + path, "utf8").matchAll(CONSTANT)].map(
        ([, name = "", value = ""]) =>
          [
            `${path.replace(/^(?:apps\/cloud-broker\/src|packages)\//, "")} ${name}`,
            value
              .replaceAll("_", "")
              .split("*")
              .reduce((product, factor) => product * Number(factor), 1),
          ] as const,
      ),
    ),
);

/** The table of docs/reference/limits.md that has the sizes of requests, orders and lists. */
export function renderSizes(): string {
  const rows = Object.entries(SIZES).map(([constant, [what, answer]]) => {
    const value = CONSTANTS.get(constant) ?? Number.NaN;
    const most = constant.endsWith("BYTES") ? inKib(value) : value.toLocaleString("en-US");
    return `| ${what} | ${most} | ${answer} |`;
  });
  return ["| limit | most | answer |", "| --- | --- | --- |", ...rows].join("\n");
}

const inKib = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${String(bytes / 1024)} KiB` : `${String(bytes / 1024 / 1024)} MiB`;

/** By constant: what is limited, and the answer. */
const SIZES: Readonly<Record<string, readonly [what: string, answer: string]>> = {
  "api/arm/arm-route.ts DEFAULT_MAX_BYTES": [
    "body of a request of Resource Manager",
    "413 `RequestBodyTooLarge`",
  ],
  "protocol/src/arm/job-write.ts JOB_MAX_BYTES": [
    "body of an order that is written",
    "413 `RequestBodyTooLarge`",
  ],
  "api/operator/campaign-routes.ts MAX_BYTES": [
    "body of a new campaign",
    "413 `RequestBodyTooLarge`",
  ],
  "api/well-known/key-event-routes.ts MAX_BYTES": [
    "body of an Event Grid delivery",
    "413 `RequestBodyTooLarge`",
  ],
  "key-life/rotation/parse-key-events.ts MAX_EVENTS": ["events of a delivery", "400"],
  "api/portal/own-api-routes.ts WRITE_MAX_BYTES": [
    "body of a change that a page sends",
    "413 `RequestBodyTooLarge`",
  ],
  "api/portal/forward-routes.ts MAX_BYTES": [
    "body that a page sends to Azure",
    "413 `RequestBodyTooLarge`",
  ],
  "api/device/device-routes.ts CHALLENGE_REQUEST_MAX_BYTES": [
    "body of a request for a challenge",
    "413 `RequestBodyTooLarge`",
  ],
  "protocol/src/device/fields.ts DEVICE_MESSAGE_MAX_BYTES": [
    "signed message of an appliance",
    "413 `DeviceMessageTooLarge`",
  ],
  "protocol/src/device/journal.ts JOURNAL_PAGE_MAX_ROWS": [
    "rows of an appliance's journal in one message",
    "400",
  ],
  "http/listen.ts HEADER_MAX_BYTES": ["bytes of all headers of a request", "431"],
  "http/listen.ts HEADERS_MAX": ["headers of a request", "none: the rest is not read"],
  "protocol/src/arm/without-nulls.ts MAX_DEPTH": ["depth of a JSON body", "400"],
  "core/key-url.ts MAX_CHARACTERS": ["characters of a key's address", "400"],
  "protocol/src/arm/passkey.ts MAX_CHARACTERS": [
    "characters of a passkey that the customer chooses",
    "400",
  ],
  "protocol/src/arm/offline-unlock.ts CHALLENGE_MAX_CHARACTERS": [
    "characters of a carried challenge",
    "400",
  ],
  "protocol/src/arm/data-accounts.ts MAX_ACCOUNTS": ["data accounts of an order", "400"],
  "core/patch-identity.ts MAX_USER_IDENTITIES": [
    "user-assigned identities of an order",
    "`SsemUserErrorUserAssignedLimitReached`",
  ],
  "core/backup-key.ts MAX_BACKUP_KEYS": ["backup keys of an order", "400"],
  "azure/identities.ts MAX_CREDENTIALS": [
    "federated credentials of a user-assigned identity, by Azure: orders that share it",
    "`SsemUserErrorUserAssignedIdentityAbsent` (`federation-limit`)",
  ],
  "protocol/src/arm/unlock-policy.ts SENDER_NETWORKS_MAX": ["networks of an unlock policy", "400"],
  "protocol/src/arm/unlock-policy.ts OUTAGE_GRACE_MAX_SECONDS": [
    "seconds of the outage grace period",
    "400",
  ],
  "key-life/campaigns/start-campaign.ts MAX_ORDERS": ["orders that a campaign selects", "400"],
  "protocol/src/arm/campaign.ts CAMPAIGN_MAX_LISTED_ORDERS": [
    "orders that a campaign lists",
    "400",
  ],
  "core/campaign-step.ts ATTEMPTS_MAX": [
    "attempts of a campaign's step",
    "the order failed in the campaign",
  ],
  "api/arm/list-routes.ts LARGEST_PAGE": ["orders of a page of a list", "none: the next page"],
  "orders/read-activity.ts MAX_BATCHES": [
    "reads of the trail for a page of activity",
    "none: the next page",
  ],
  "api/operator/fleet-view-routes.ts KEYS_MAX": [
    "keys of the fleet's page, those with most nodes",
    "none: fewer are shown",
  ],
  "api/arm/approval-routes.ts WAITING_MAX": ["waiting requests of a list", "none: fewer are shown"],
  "core/portal/pending-changes.ts ORDERS_MAX": [
    "orders that one message of a page's live updates names",
    "none: the page reads all",
  ],
  "api/portal/events/create-events.ts ROWS_MAX": [
    "rows that a look for live updates reads",
    "none: the pages read all",
  ],
  "protocol/src/portal/notices.ts NOTICES_MAX": [
    "messages of the bell",
    "none: the newest are shown",
  ],
  "protocol/src/portal/notices.ts NOTICE_SUBSCRIPTIONS_MAX": ["subscriptions of the bell", "400"],
  "protocol/src/arm/custody-policy.ts ESCROW_ORDERS_MAX": [
    "orders in escrow that an answer names",
    "none: fewer are named",
  ],
  "release/offline/list-offline-unlocks.ts SHOWN_MAX": [
    "unlocks without network of a list",
    "none: the newest are shown",
  ],
  "config/notice-channels.ts CHANNELS_MAX": [
    "channels of `NOTICE_CHANNELS_FILE`",
    "the broker does not start: `Misuse`",
  ],
  "config/read-file-within.ts MAX_BYTES": [
    "a PEM file of a setting",
    "the broker does not start: `Misuse`",
  ],
  "orders/verify-certificate.ts CERTIFICATE_MAX_BYTES": [
    "a certificate of erasure that is verified",
    "`Misuse`",
  ],
  "create-broker.ts SCRAPERS_MAX": ["connections to `METRICS_PORT`", "closed"],
  "callers/verify-token.ts MAX_TOKEN_CHARACTERS": ["characters of a caller's token", "401"],
};
