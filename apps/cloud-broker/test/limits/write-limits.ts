import { LISTENERS_MAX } from "../../src/api/portal/events/create-events.ts";
import { SESSIONS_MAX_PER_PERSON } from "../../src/api/portal/sessions.ts";
import { UNAUTHENTICATED_BUDGET as ROWS } from "../../src/audit/unauthenticated-rows.ts";
import { SETTINGS } from "../../src/config/config.ts";
import { PROBE_SHARE, PROBE_STRETCH_MAX } from "../../src/core/vault-capacity.ts";
import { ENOUGH_INSIDE } from "../../src/load/admission.ts";
import {
  CAMPAIGN_STEPS_AT_ONCE,
  TENANT_LOOKUPS_PER_MINUTE,
  UNPROVEN_DEVICES,
  VAULT_CALLS,
  VAULT_CIRCUIT,
} from "../../src/load/limits.ts";
import { ENOUGH_BEGUN } from "../../src/load/starts.ts";
import { UNAUTHENTICATED_LINES as LINES } from "../../src/observability/log.ts";
import { renderSizes } from "./size-limits.ts";

type Limit = {
  readonly what: string;
  /** The limited party, and where it is counted. */
  readonly scope: string;
  /** The name of a setting, or a number. */
  readonly most: string;
  readonly answer: string;
  /** The metric, log line or row that shows it. */
  readonly shown: string;
  readonly raise: string;
};

const PROCESS = "in memory, per process";
const ALL_REPLICAS = "in the database, over all replicas";
const SIGNED_429 = "429 `RateLimited`, signed";
const MESSAGES = "`databox_device_messages_total`";
const TURNED_AWAY = "`databox_requests_turned_away_total`";
const REFUSED = "`databox_connections_refused_total`";

/** Every limit of the broker. */
const LIMITS: Readonly<Record<string, Limit>> = {
  connections: {
    what: "open connections",
    scope: `all addresses, ${PROCESS}`,
    most: "MAX_CONNECTIONS",
    answer: "closed before TLS; one without a lease is closed for a new one",
    shown: REFUSED,
    raise: "the process has memory left and appliances are refused",
  },
  connectionsOfAddress: {
    what: "open connections",
    scope: `one address (of IPv6: one /64), ${PROCESS}`,
    most: "MAX_CONNECTIONS_PER_ADDRESS",
    answer: "closed before TLS",
    shown: REFUSED,
    raise: "a site has more than about 2,000 appliances behind one address",
  },
  requestsOfAddress: {
    what: "requests a second, bursts of five seconds",
    scope: `one address (of IPv6: one /64), ${PROCESS}`,
    most: "RATE_LIMIT_ADDRESS_PER_SECOND",
    answer: "429 `TooManyRequests`; to devices `RateLimited`",
    shown: "`databox_http_requests_total`",
    raise: "an honest site reaches it",
  },
  atWork: {
    what: "requests in progress, in fair shares of the customers",
    scope: `devices, and as many others, ${PROCESS}`,
    most: "MAX_REQUESTS_AT_WORK",
    answer: "503 `BrokerBusy`, unsigned; signed above a customer's share",
    shown: TURNED_AWAY,
    raise: "requests are turned away while processor and database are idle",
  },
  atWorkSaturated: {
    what: "requests in progress or at a vault while the event loop is 90 % busy",
    scope: `devices, and as many others, ${PROCESS}`,
    most: String(ENOUGH_INSIDE),
    answer: "503 `BrokerBusy`, unsigned; signed above a customer's share",
    shown: TURNED_AWAY,
    raise: "never: add a replica",
  },
  begun: {
    what: "begun messages while the event loop is 90 % busy",
    scope: `devices, ${PROCESS}`,
    most: String(ENOUGH_BEGUN),
    answer: "none: the message waits",
    shown: "`databox_device_message_seconds`",
    raise: "never: add a replica",
  },
  messagesOfDevice: {
    what: "messages a minute, bursts of a minute",
    scope: `one device key or serial number from one address, ${PROCESS}`,
    most: "RATE_LIMIT_DEVICE_PER_MINUTE",
    answer: SIGNED_429,
    shown: MESSAGES,
    raise: "an honest appliance reaches it",
  },
  carried: {
    what: "carried texts a minute that are no challenge of an appliance, bursts of a minute",
    scope: `one order, ${PROCESS}`,
    most: "RATE_LIMIT_DEVICE_PER_MINUTE",
    answer: SIGNED_429,
    shown: MESSAGES,
    raise: "never: a person carries a challenge a few times",
  },
  unproven: {
    what: `messages without a valid signature a minute: ${String(UNPROVEN_DEVICES)} times as many`,
    scope: `one address (of IPv6: one /64), ${PROCESS}`,
    most: "RATE_LIMIT_DEVICE_PER_MINUTE",
    answer: SIGNED_429,
    shown: MESSAGES,
    raise: "many unknown appliances share one address",
  },
  tenantLookups: {
    what: "lookups a minute of tenants that are not connected and that people name to sign in",
    scope: `all, ${PROCESS}`,
    most: String(TENANT_LOOKUPS_PER_MINUTE),
    answer: "429 `TooManyRequests`",
    shown: "`databox_http_requests_total`",
    raise: "never: people of connected tenants who name them by their ids, or come back, need none",
  },
  unauthenticatedRows: {
    what: `audit rows of unauthenticated messages: ${String(ROWS.perAddress.burst)} at once and ${String(ROWS.perAddress.perHour)} an hour, in sum ${String(ROWS.inSum.burst)} and ${String(ROWS.inSum.perHour)}; of refused callers of a customer's tenant: ${String(ROWS.perTenant.burst)} and ${String(ROWS.perTenant.perHour)}`,
    scope: `one address, and all; one tenant; ${PROCESS}`,
    most: `${String(ROWS.inSum.perHour)} an hour`,
    answer: "as without it; the row is counted in an hourly one",
    shown: "the hourly row in the chain `broker`",
    raise: "never",
  },
  unauthenticatedLines: {
    what: `log lines of unauthenticated requests: ${String(LINES.perAddress.burst)} at once and one in ${String(1 / LINES.perAddress.tokensPerSecond)} s, in sum ${String(LINES.inSum.burst)} and one a second`,
    scope: `one address, and all, ${PROCESS}`,
    most: `${String(LINES.inSum.tokensPerSecond)} a second`,
    answer: "as without it",
    shown: "log line `refusals without a line`",
    raise: "never",
  },
  unlocksOfNode: {
    what: "unlock requests a minute",
    scope: `one node, ${ALL_REPLICAS}`,
    most: "RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE",
    answer: SIGNED_429,
    shown: MESSAGES,
    raise: "never in practice: a node unlocks once a boot",
  },
  unlocksOfOrder: {
    what: "unlock requests a minute",
    scope: `one order, ${ALL_REPLICAS}`,
    most: "RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE",
    answer: SIGNED_429,
    shown: MESSAGES,
    raise: "never in practice",
  },
  unlocksOfCustomer: {
    what: "unlock requests a minute",
    scope: `one subscription, or one customer's tenant, ${ALL_REPLICAS}, by shares`,
    most: "RATE_LIMIT_CUSTOMER_UNLOCKS_PER_MINUTE",
    answer: SIGNED_429,
    shown: MESSAGES,
    raise: "a customer starts more appliances together",
  },
  unlocksOfDay: {
    what: "unlocks in a UTC day",
    scope: `one order, ${ALL_REPLICAS}`,
    most: "an order's own setting",
    answer: SIGNED_429,
    shown: "the order's unlock budget",
    raise: "the owner decides (`PUT {job}/unlockBudget`)",
  },
  offlineUnlocksOfDay: {
    what: "unlocks without network in a UTC day",
    scope: `one order, ${ALL_REPLICAS}`,
    most: "OFFLINE_UNLOCKS_PER_DAY",
    answer: "`OfflineUnlockForbidden`, signed",
    shown: "the order's offline unlocks",
    raise: "a site without network restarts more often",
  },
  vaultCalls: {
    what: `calls in progress; ${String(VAULT_CALLS.waiting)} more wait up to 5 s, re-wraps take half`,
    scope: `one vault, ${PROCESS}`,
    most: String(VAULT_CALLS.inFlight),
    answer: "503 `BrokerBusy`",
    shown: "`databox_vault_calls_total`",
    raise: "never: the vault limits the speed",
  },
  vaultOperations: {
    what: "operations in 10 s, weighted by key; re-wraps take `REWRAP_VAULT_PERCENT`",
    scope: `one vault, ${PROCESS}`,
    most: "VAULT_OPERATIONS_PER_10_SECONDS",
    answer: "none: re-wraps wait",
    shown: "`databox_vault_calls_total`",
    raise: "Azure allows the vault more than its usual limit",
  },
  probes: {
    what: "part of a vault's operations that probes of open appliances take",
    scope: "one vault, over all replicas",
    most: `${String(PROBE_SHARE * 100)} %`,
    answer: `none: the vault's keys are probed up to ${String(PROBE_STRETCH_MAX)} times less often`,
    shown: "`databox_probe_load`",
    raise: "never: spread the keys over more vaults, or share identities",
  },
  vaultCircuit: {
    what: "calls in a row without an answer; then one is tried every 5 s",
    scope: `one vault, ${PROCESS}`,
    most: String(VAULT_CIRCUIT.silences),
    answer: "503 `KeyVaultUnreachable`",
    shown: "`databox_vault_calls_total`",
    raise: "never",
  },
  keyHealthChecks: {
    what: "health checks of keys a minute",
    scope: `one vault, ${PROCESS}`,
    most: "KEY_HEALTH_PER_VAULT_PER_MINUTE",
    answer: "none: the check is put off",
    shown: "`checkedAt` of the order's key health",
    raise: "one vault has the keys of many orders",
  },
  liveUpdates: {
    what: "open streams of live updates",
    scope: `all pages of the portal, ${PROCESS}`,
    most: String(LISTENERS_MAX.inSum),
    answer: "429 `TooManyRequests`; the page reads again by itself",
    shown: "`databox_http_requests_total`",
    raise: "never: add a replica",
  },
  liveUpdatesOfSession: {
    what: "open streams of live updates",
    scope: `one session of the portal, ${PROCESS}`,
    most: String(LISTENERS_MAX.ofSession),
    answer: "429 `TooManyRequests`; the page reads again by itself",
    shown: "`databox_http_requests_total`",
    raise: "never: the tabs of a browser share a session",
  },
  sessionsOfPerson: {
    what: "sessions of the portal",
    scope: `one person, ${ALL_REPLICAS}`,
    most: String(SESSIONS_MAX_PER_PERSON),
    answer: "none: the session that was used least recently ends",
    shown: "its next request: 401",
    raise: "never",
  },
  campaignSteps: {
    what: "steps of campaigns at once",
    scope: "one replica at a time",
    most: String(CAMPAIGN_STEPS_AT_ONCE),
    answer: "none: the step waits",
    shown: "the campaign's progress",
    raise: "never: the vault's budget sets the pace",
  },
};

const HEADINGS = ["limit", "of", "most", "answer", "shown by", "raise it when"];
const DEFAULTS = new Map(
  Object.entries<{ readonly meaning: string; readonly default?: string }>(SETTINGS),
);

/** The page docs/reference/limits.md. */
export function renderLimits(): string {
  const table = Object.values(LIMITS).map(({ what, scope, most, answer, shown, raise }) => {
    const byDefault = DEFAULTS.get(most)?.default;
    const limit = byDefault === undefined ? most : `\`${most}\` (${byDefault})`;
    return [what, scope, limit, answer, shown, raise];
  });
  const lines = [HEADINGS, HEADINGS.map(() => "---"), ...table].map(
    (row) => `| ${row.join(" | ")} |`,
  );
  return `${INTRODUCTION}\n${lines.join("\n")}\n\n${SIZES_INTRODUCTION}\n${renderSizes()}\n`;
}

const INTRODUCTION = `# Limits of the cloud broker

<!-- Made from apps/cloud-broker/test/limits/write-limits.ts by \`npm run docs\`. -->

These are all limits on callers, appliances and vaults. A limit never closes an open volume: each
answer counts as unreachable, not as a refusal, except for the limit of unlocks without network. A
setting is shown with its default; [configuration](configuration.md) explains it.
`;

const SIZES_INTRODUCTION = `## Sizes of requests, orders and lists

These are fixed; the table has the numbers of the code. Each counts for one request, order or list.
`;

if (import.meta.main) process.stdout.write(renderLimits());
