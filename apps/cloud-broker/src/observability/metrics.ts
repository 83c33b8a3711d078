import type { ErrorCode } from "@databox-cmk/errors";
import { REVISION, VERSION } from "@databox-cmk/protocol";
import { Counter, Gauge, Histogram, Registry } from "prom-client";

import type { ClockOffsets } from "../core/judge-clock.ts";
import type { Served } from "../http/express-adapter.ts";
import type { PoolState } from "../store/store.ts";
import type { FleetFigures } from "./fleet-figures.ts";

/** From a fast answer of the store to a vault that times out. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The first nodes hear it at once; the last ones were out of reach for an hour. */
const RELOCK_SECONDS = [1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3_600];
/** They end messages and vault calls. */
const CODES_OF_OUTAGES = [
  "IdentityProviderUnreachable",
  "KeyVaultThrottled",
  "KeyVaultUnreachable",
  "ServiceUnavailable",
] as const satisfies readonly ErrorCode[];
/** Shorter than Prometheus' own patience, ten seconds. */
const PATIENCE_MS = 2_000;

type Row = { readonly name: string; readonly help: string; readonly labels?: readonly string[] };
const rows = <Name extends string>(named: Readonly<Record<Name, Row>>) => named;

/**
 * Every metric of the broker, once: its name, meaning and labels. Serials and orders are not
 * labels.
 */
export const METRICS = rows({
  buildInfo: {
    name: "databox_build_info",
    help: "1, with the version of the program and the revision of its sources.",
    labels: ["version", "revision"],
  },
  ready: {
    name: "databox_ready",
    help: "1 if the process can decide (/readyz); 0 if not, with the reason: closing, failed, outdated, unwritable, stuck, clock.",
    labels: ["reason"],
  },
  exchanges: {
    name: "databox_device_messages_total",
    help: "Device messages answered, by action (unlock, renewal, receipt, …), outcome and code.",
    labels: ["action", "outcome", "code"],
  },
  exchangeSeconds: {
    name: "databox_device_message_seconds",
    help: "Time to answer a device message, by action.",
    labels: ["action"],
  },
  unlocksInFlight: {
    name: "databox_unlocks_in_flight",
    help: "Unlock requests that wait for their answer.",
  },
  requests: {
    name: "databox_http_requests_total",
    help: "Requests answered, by route of the table, method and status.",
    labels: ["route", "method", "status"],
  },
  requestSeconds: {
    name: "databox_http_request_seconds",
    help: "Time to answer a request, by route of the table.",
    labels: ["route"],
  },
  turnedAway: {
    name: "databox_requests_turned_away_total",
    help: "Requests answered 503 at once, because the limit of requests in progress was reached.",
  },
  atWork: {
    name: "databox_requests_at_work",
    help: "Requests in progress, by plane (challenges, devices, others).",
    labels: ["plane"],
  },
  connections: {
    name: "databox_connections",
    help: "Open connections, by listener (public, metrics).",
    labels: ["listener"],
  },
  connectionsLimit: {
    name: "databox_connections_limit",
    help: "Most open connections, by listener; 0 means no limit.",
    labels: ["listener"],
  },
  memoryLimit: {
    name: "databox_memory_limit_bytes",
    help: "Memory that the process may use: its container's limit, or the machine's memory.",
  },
  dataDiskBytes: {
    name: "databox_data_disk_bytes",
    help: "Free bytes and size of the disk that holds the SQLite database, by state (free, size).",
    labels: ["state"],
  },
  connectionsRefused: {
    name: "databox_connections_refused_total",
    help: "Connections closed because a limit was reached, by listener and limit (address, sum).",
    labels: ["listener", "limit"],
  },
  choreFailures: {
    name: "databox_chore_failures_total",
    help: "Rounds of background work that failed, by its name; the next round follows as usual.",
    labels: ["chore"],
  },
  vaultCalls: {
    name: "databox_vault_calls_total",
    help: "Calls of key vaults, by operation and code of the failure (empty: it worked).",
    labels: ["operation", "code"],
  },
  vaultSeconds: {
    name: "databox_vault_call_seconds",
    help: "Time of a key vault call, including its wait in the queue, by operation.",
    labels: ["operation"],
  },
  databaseUp: {
    name: "databox_database_up",
    help: "1 if the database answered this scrape; 0: figures of the whole installation are absent.",
  },
  databaseConnections: {
    name: "databox_database_connections",
    help: "Connections to PostgreSQL by state: open, idle, and how many statements wait for one (waiting).",
    labels: ["state"],
  },
  querySeconds: {
    name: "databox_database_query_seconds",
    help: "Time from sending a statement to its answer, without its wait for a connection; statements that are sent together are answered in turn.",
  },
  ownKeySince: {
    name: "databox_own_key_since_timestamp_seconds",
    help: "Since when the broker has used its own key, by key (signing, issuer, nonce, session), in Unix time.",
    labels: ["key"],
  },
  certificateExpiry: {
    name: "databox_certificate_expiry_timestamp_seconds",
    help: "When the TLS certificate that is served expires, in Unix time.",
  },
  clockOffset: {
    name: "databox_clock_offset_seconds",
    help: "By how much this process's clock is ahead of another one (azure, database).",
    labels: ["other"],
  },
  leases: {
    name: "databox_leases",
    help: "Leases by state, in the whole installation.",
    labels: ["state"],
  },
  openLeases: {
    name: "databox_leases_open",
    help: "Live leases by network whose time is not over: their appliances are open, in the whole installation.",
  },
  campaignIdleSeconds: {
    name: "databox_campaign_idle_seconds",
    help: "How long the running campaign that is idle the longest has finished no order.",
  },
  relockSeconds: {
    name: "databox_relock_seconds",
    help: "Time from the refusal of a lease to its node's receipt that it closed the volume by order.",
  },
  relocksUnconfirmed: {
    name: "databox_relocks_unconfirmed",
    help: "Nodes that got a re-lock order in the last day, more than a minute ago, and have not confirmed it.",
  },
  keyHealth: {
    name: "databox_key_health",
    help: "Orders by the health of their customer-managed key, in the whole installation.",
    labels: ["state"],
  },
  probesOverdueSeconds: {
    name: "databox_probe_overdue_seconds",
    help: "How long the most overdue probe of a key is late.",
  },
  probeLoad: {
    name: "databox_probe_load",
    help: "Largest part of a vault's capacity that the probes of its keys would take at PROBE_INTERVAL_SECONDS; above 0.5 they are made less often.",
  },
  standingRevocations: {
    name: "databox_revocations",
    help: "Active kill switches, by kind.",
    labels: ["kind"],
  },
  restoresUnconfirmed: {
    name: "databox_restores_unconfirmed",
    help: "Times that the database was found to be restored, until a person confirms it (broker restored).",
  },
  devicesAhead: {
    name: "databox_devices_ahead",
    help: "Appliances whose messages were refused because they know more than the restored database, until a person confirms the restore.",
  },
  upkeepTimestamp: {
    name: "databox_upkeep_timestamp_seconds",
    help: "When the operator's work was last done (backup: broker export; audit-verify), in Unix time.",
    labels: ["work"],
  },
  upkeepOk: {
    name: "databox_upkeep_ok",
    help: "1 if the operator's work found no fault the last time, otherwise 0.",
    labels: ["work"],
  },
  migrationsPending: {
    name: "databox_migrations_pending",
    help: "Migrations that this program has and its database lacks, as after a restore.",
  },
  eventDeliveries: {
    name: "databox_event_deliveries_total",
    help: "Attempts to send an event, by receiver (webhook, teams, slack, email) and outcome (delivered, retry, given-up).",
    labels: ["receiver", "outcome"],
  },
  waitingEvents: {
    name: "databox_webhook_events_waiting",
    help: "Events that their receiver has not accepted yet.",
  },
});

/** An answered device message. `code` is empty for a success. */
export type AnsweredMessage = {
  readonly action: string;
  readonly outcome: "done" | "refused" | "failed";
  readonly code: string;
  readonly elapsedMs: number;
};

export type VaultCall = {
  readonly operation: string;
  /** Empty for a success. */
  readonly code: ErrorCode | "";
  readonly elapsedMs: number;
};

export type Metrics = ReturnType<typeof createMetrics>;

type ByLabel = Iterable<readonly [value: string, figure: number | undefined]>;
/** Undefined: the figure is not known now. */
type Reading = number | ByLabel | undefined;

const optionsOf = ({ name, help, labels = [] }: Row) => ({ name, help, labelNames: [...labels] });

/**
 * The broker's metrics in Prometheus format.
 *
 * @param figures - of the whole installation, read at each scrape
 */
export function createMetrics(figures: () => Promise<FleetFigures>) {
  const registry = new Registry();
  const registers = [registry];
  const counter = (row: Row) => new Counter({ ...optionsOf(row), registers });
  const histogram = (row: Row, buckets = SECONDS) =>
    new Histogram({ ...optionsOf(row), buckets, registers });
  /** Reads its figure, or one for each value of its label, at each scrape. */
  const gauge = (
    row: Row,
    read: () => Reading | Promise<Reading>,
    aggregator: "sum" | "first" | "min" = "sum",
  ) =>
    new Gauge({
      ...optionsOf(row),
      registers,
      aggregator,
      async collect() {
        const current = await read();
        this.reset();
        if (typeof current === "number") this.set(current);
        else if (current !== undefined)
          for (const [value, figure] of current) {
            if (figure !== undefined) this.set({ [row.labels?.[0] ?? ""]: value }, figure);
          }
        // Without labels, `reset` leaves a 0 that was never counted.
        else if (row.labels === undefined) this.remove();
      },
    });

  const exchanges = counter(METRICS.exchanges);
  const exchangeSeconds = histogram(METRICS.exchangeSeconds);
  const relockSeconds = histogram(METRICS.relockSeconds, RELOCK_SECONDS);
  const requests = counter(METRICS.requests);
  const requestSeconds = histogram(METRICS.requestSeconds);
  const turnedAway = counter(METRICS.turnedAway);
  const choreFailures = counter(METRICS.choreFailures);
  const eventDeliveries = counter(METRICS.eventDeliveries);
  const vaultCalls = counter(METRICS.vaultCalls);
  const vaultSeconds = histogram(METRICS.vaultSeconds);
  // Prometheus sees no growth in the first value of a counter.
  for (const code of CODES_OF_OUTAGES) {
    exchanges.inc({ action: "unlock", outcome: "failed", code }, 0);
    vaultCalls.inc({ operation: "unwrap", code }, 0);
  }
  const querySeconds = histogram(METRICS.querySeconds);
  const connectionsRefused = counter(METRICS.connectionsRefused);
  const unlocksInFlight = new Gauge({ ...optionsOf(METRICS.unlocksInFlight), registers });
  const listeners = new Map<string, { readonly open: () => number; readonly limit: number }>();
  const buildInfo = new Gauge({ ...optionsOf(METRICS.buildInfo), registers, aggregator: "first" });
  buildInfo.set({ version: VERSION, revision: REVISION }, 1);
  gauge(METRICS.connections, () =>
    [...listeners].map(([listener, { open }]) => [listener, open()] as const),
  );
  gauge(METRICS.connectionsLimit, () =>
    [...listeners].map(([listener, { limit }]) => [listener, limit] as const),
  );
  gauge(METRICS.databaseUp, async () => ((await figuresInTime()) === undefined ? 0 : 1), "min");

  let reading: Promise<FleetFigures | undefined> | undefined;
  /** All gauges of a scrape wait for the same reading. */
  const figuresInTime = () =>
    (reading ??= inTime(figures).finally(() => {
      reading = undefined;
    }));

  // Every replica would report the same value, so one of them is enough.
  for (const [row, member] of [
    [METRICS.leases, "leases"],
    [METRICS.openLeases, "openLeases"],
    [METRICS.campaignIdleSeconds, "campaignIdleSeconds"],
    [METRICS.relocksUnconfirmed, "relocksUnconfirmed"],
    [METRICS.keyHealth, "keyHealth"],
    [METRICS.standingRevocations, "revocations"],
    [METRICS.restoresUnconfirmed, "restoresUnconfirmed"],
    [METRICS.waitingEvents, "waitingEvents"],
    [METRICS.upkeepTimestamp, "upkeepSeconds"],
    [METRICS.upkeepOk, "upkeepOk"],
    [METRICS.migrationsPending, "migrationsPending"],
    [METRICS.probesOverdueSeconds, "probesOverdueSeconds"],
    [METRICS.probeLoad, "probeLoad"],
  ] as const)
    gauge(row, async () => (await figuresInTime())?.[member], "first");

  return {
    /** Prometheus reads it, on a listener of its own. */
    registry,
    served({ route, status, elapsedMs }: Pick<Served, "route" | "status" | "elapsedMs">) {
      const path = route?.path ?? "none";
      requests.inc({ route: path, method: route?.method ?? "none", status });
      requestSeconds.observe({ route: path }, elapsedMs / 1000);
    },
    showPlaces(atWork: () => Readonly<Record<string, number>>) {
      gauge(METRICS.atWork, () => Object.entries(atWork()));
    },
    showPool(pool: () => PoolState | undefined) {
      gauge(METRICS.databaseConnections, () => Object.entries(pool() ?? {}));
    },
    /** @param reason - empty while the process can decide; a database that is silent has failed */
    showReadiness(reason: () => Promise<string>) {
      gauge(METRICS.ready, async () => {
        const known = (await inTime(reason)) ?? "failed";
        return [[known, known === "" ? 1 : 0]];
      });
    },
    /** Times a statement to the database. */
    queried(elapsedMs: number) {
      querySeconds.observe(elapsedMs / 1000);
    },
    /** Shows the broker's own keys, by name. */
    showOwnKeys(sinceMs: ReadonlyMap<string, number>) {
      gauge(METRICS.ownKeySince, () => inSeconds(sinceMs), "first");
    },
    showCertificate(expiresAtMs: () => number) {
      gauge(METRICS.certificateExpiry, () => expiresAtMs() / 1000, "min");
    },
    showDevicesAhead(count: () => Promise<number>) {
      gauge(METRICS.devicesAhead, () => inTime(count), "first");
    },
    showClock(offsets: () => ClockOffsets) {
      gauge(METRICS.clockOffset, () => inSeconds(Object.entries(offsets())), "first");
    },
    /** Before anything was read of it. */
    turnedAway() {
      turnedAway.inc();
    },
    /** @param limit - 0: none */
    showConnections(listener: string, open: () => number, limit: number) {
      listeners.set(listener, { open, limit });
    },
    showMemoryLimit(bytes: number) {
      gauge(METRICS.memoryLimit, () => bytes);
    },
    showDataDisk(bytes: () => Promise<Readonly<Record<string, number>>>) {
      gauge(METRICS.dataDiskBytes, async () => Object.entries((await inTime(bytes)) ?? {}));
    },
    /** Counts one that was refused, or closed in favour of another. */
    refusedConnection(listener: string, limit: string) {
      connectionsRefused.inc({ listener, limit });
    },
    /** Times a volume that was closed by the broker's order. */
    relocked(sinceRefusalMs: number) {
      relockSeconds.observe(sinceRefusalMs / 1000);
    },
    choreFailed(chore: string) {
      choreFailures.inc({ chore });
    },
    sentEvent(receiver: string, outcome: string) {
      eventDeliveries.inc({ receiver, outcome });
    },
    answered({ action, outcome, code, elapsedMs }: AnsweredMessage) {
      exchanges.inc({ action, outcome, code });
      exchangeSeconds.observe({ action }, elapsedMs / 1000);
    },
    calledVault({ operation, code, elapsedMs }: VaultCall) {
      vaultCalls.inc({ operation, code });
      vaultSeconds.observe({ operation }, elapsedMs / 1000);
    },
    /** @returns a function to call when the answer is ready */
    beginUnlock() {
      unlocksInFlight.inc();
      return () => unlocksInFlight.dec();
    },
  };
}

const inSeconds = (values: ByLabel) =>
  [...values].map(([name, ms]) => [name, ms && ms / 1000] as const);

/** A scrape tells what the process itself knows, although the database does not answer. */
async function inTime<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  const { promise: impatience, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  try {
    return await Promise.race([read(), impatience]);
  } catch {
    return undefined; // The gauges `databaseUp` and `ready` are the report.
  } finally {
    clearTimeout(timer);
  }
}
