// Writes dashboard.json for Grafana from one table of panels:  npm run docs
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The series of a counter by labels, whose values are the legend. */
const rate = (metric, by, matcher = "") => [
  by.replaceAll(/\w+/g, "{{$&}}").replaceAll(",", ""),
  `sum by (${by}) (rate(${metric}${matcher}[$__rate_interval]))`,
];
const quantiles = (qs, metric, matcher = "") =>
  qs.map((q) => [
    `p${q * 100}`,
    `histogram_quantile(${q}, sum by (le) (rate(${metric}_bucket${matcher}[$__rate_interval])))`,
  ]);
const UNLOCK = '{action="unlock"}';

/** One row of the table is one panel: title, unit, and its series, each as [legend, query]. */
const PANELS = [
  ["Unlocks by outcome", "ops", rate("databox_device_messages_total", "outcome", UNLOCK)],
  [
    "Unlocks that were not granted, by code",
    "ops",
    rate("databox_device_messages_total", "code", '{action="unlock",outcome!="done"}'),
  ],
  [
    "Time to answer an unlock",
    "s",
    ...quantiles([0.5, 0.95, 0.99], "databox_device_message_seconds", UNLOCK),
  ],
  ["Unlocks in flight", "short", ["{{instance}}", "databox_unlocks_in_flight"]],
  ["Device messages by action", "ops", rate("databox_device_messages_total", "action")],
  ["Leases by state", "short", ["{{state}}", "max by (state) (databox_leases)"]],
  ["Orders by health of their key", "short", ["{{state}}", "max by (state) (databox_key_health)"]],
  ["Kill switches that stand", "short", ["{{kind}}", "max by (kind) (databox_revocations)"]],
  ["Probe that is overdue the longest", "s", ["overdue", "max(databox_probe_overdue_seconds)"]],
  [
    "Part of a vault that probes would take",
    "percentunit",
    ["fullest vault", "max(databox_probe_load)"],
  ],
  ["Vault calls by operation", "ops", rate("databox_vault_calls_total", "operation")],
  [
    "Vault calls that failed, by code",
    "ops",
    rate("databox_vault_calls_total", "code", '{code!=""}'),
  ],
  ["Time of a vault call", "s", ...quantiles([0.5, 0.99], "databox_vault_call_seconds")],
  ["Requests by status", "ops", rate("databox_http_requests_total", "status")],
  ["Time to answer a request", "s", ...quantiles([0.99], "databox_http_request_seconds")],
  ["Requests turned away", "ops", rate("databox_requests_turned_away_total", "instance")],
  ["Requests at work", "short", ["{{plane}}", "sum by (plane) (databox_requests_at_work)"]],
  [
    "Open connections",
    "short",
    ["{{instance}} {{listener}}", "sum by (instance, listener) (databox_connections)"],
    ["limit of {{instance}}", 'databox_connections_limit{listener="public"}'],
  ],
  [
    "Connections refused, by limit",
    "ops",
    rate("databox_connections_refused_total", "listener, limit"),
  ],
  ["Background work that failed", "ops", rate("databox_chore_failures_total", "chore")],
  [
    "Events sent, by receiver and outcome",
    "ops",
    rate("databox_event_deliveries_total", "receiver, outcome"),
  ],
  ["Webhook events waiting", "short", ["waiting", "max(databox_webhook_events_waiting)"]],
  [
    "Time until the TLS certificate expires",
    "s",
    ["{{instance}}", "databox_certificate_expiry_timestamp_seconds - time()"],
  ],
  ["Ready, by reason", "short", ["{{instance}} {{reason}}", "databox_ready"]],
  ["Restores to confirm", "short", ["restores", "max(databox_restores_unconfirmed)"]],
  ["Appliances ahead of the database", "short", ["ahead", "max(databox_devices_ahead)"]],
  [
    "Age of the operator's work",
    "s",
    ["{{work}}", "max by (work) (time() - databox_upkeep_timestamp_seconds)"],
  ],
  ["Operator's work without a fault", "short", ["{{work}}", "min by (work) (databox_upkeep_ok)"]],
  ["Migrations to come", "short", ["migrations", "max(databox_migrations_pending)"]],
  ["Open appliances", "short", ["leases", "max(databox_leases_open)"]],
  ["Campaign that is idle the longest", "s", ["idle", "max(databox_campaign_idle_seconds)"]],
  ["Disk of the database", "bytes", ["{{instance}} {{state}}", "databox_data_disk_bytes"]],
  ["Database answers", "short", ["{{instance}}", "databox_database_up"]],
  [
    "Connections to the database",
    "short",
    ["{{state}}", "sum by (state) (databox_database_connections)"],
  ],
  [
    "Time of a statement to the database",
    "s",
    ...quantiles([0.5, 0.99], "databox_database_query_seconds"),
  ],
  [
    "Age of the broker's own keys",
    "s",
    ["{{key}}", "max by (key) (time() - databox_own_key_since_timestamp_seconds)"],
  ],
  [
    "Time from a refusal to the closed volume",
    "s",
    ...quantiles([0.5, 0.99], "databox_relock_seconds"),
  ],
  ["Re-lock orders without a confirmation", "short", ["nodes", "max(databox_relocks_unconfirmed)"]],
  ["Clock ahead of others", "s", ["{{instance}} {{other}}", "databox_clock_offset_seconds"]],
  ["Replicas by version", "short", ["{{version}}", "count by (version) (databox_build_info)"]],
  ["Event loop lag", "s", ["{{instance}}", "nodejs_eventloop_lag_p99_seconds"]],
  [
    "Memory",
    "bytes",
    ["{{instance}}", "process_resident_memory_bytes"],
    ["limit of {{instance}}", "databox_memory_limit_bytes"],
  ],
  [
    "Processor",
    "percentunit",
    ["{{instance}}", "rate(process_cpu_seconds_total[$__rate_interval])"],
  ],
];
/** Panels of figures that may be negative: an axis that begins at zero would hide them. */
const SIGNED = new Set(["Time until the TLS certificate expires", "Clock ahead of others"]);
const WIDTH = 8;
const HEIGHT = 8;
const COLUMNS = 3;

const dashboard = {
  title: "Data Box CMK broker",
  uid: "databox-broker",
  schemaVersion: 39,
  refresh: "30s",
  time: { from: "now-3h", to: "now" },
  templating: { list: [{ name: "datasource", type: "datasource", query: "prometheus" }] },
  panels: PANELS.map(([title, unit, ...series], index) => ({
    id: index + 1,
    title,
    type: "timeseries",
    datasource: { type: "prometheus", uid: "${datasource}" },
    gridPos: {
      x: (index % COLUMNS) * WIDTH,
      y: Math.floor(index / COLUMNS) * HEIGHT,
      w: WIDTH,
      h: HEIGHT,
    },
    fieldConfig: { defaults: SIGNED.has(title) ? { unit } : { unit, min: 0 }, overrides: [] },
    targets: series.map(([legendFormat, expr], at) => ({
      refId: String.fromCodePoint(65 + at),
      expr,
      legendFormat,
    })),
  })),
};
const path = fileURLToPath(new URL("dashboard.json", import.meta.url));
writeFileSync(path, `${JSON.stringify(dashboard, undefined, 2)}\n`);
