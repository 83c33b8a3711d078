// @module-tag one-engine
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { freePort, openTemporaryFolder, requireTool } from "@databox-cmk/testkit";
import { Gauge } from "prom-client";
import { expect, test } from "vitest";
import * as z from "zod";

import type { Reason } from "../../src/api/front/health.ts";
import { createConnectionPlaces } from "../../src/load/connection-places.ts";
import type { FleetFigures } from "../../src/observability/fleet-figures.ts";
import { createMetrics, type Metrics } from "../../src/observability/metrics.ts";
import { serveMetrics } from "../../src/observability/serve-metrics.ts";

const PROGRAM = "/usr/bin/prometheus";
const hasPrometheus = requireTool("prometheus", existsSync(PROGRAM));
const HOST = "127.0.0.1";

const SHIPPED = readFileSync(
  new URL("../../../../deploy/observability/alerts.yaml", import.meta.url),
  "utf8",
);
/** Their alerts fire in each state in which appliances are not served. */
const OUTAGES = [
  "BrokerDown",
  "BrokerAbsent",
  "DatabaseDown",
  "NobodyReady",
  "RenewalsCease",
  "EntryUnreachable",
];
/**
 * The shipped rules without `for`, the time for which a fault must last. A window stays as it is:
 * two samples in it are enough for a rate. The rules' own tests (alerts.test.yaml) show both.
 */
const RULES = SHIPPED.replaceAll(/^ +for: \w+\n/gm, "");

const DAY_MS = 86_400_000;
/** More than any rule that counts per second asks for, in the longest window. */
const EVENTS_PER_SCRAPE = 1_000;

const WORK = ["backup", "audit-verify"];
const QUIET: FleetFigures = {
  leases: new Map([["live", 3]]),
  openLeases: 3,
  campaignIdleSeconds: 0,
  relocksUnconfirmed: 0,
  keyHealth: new Map([
    ["healthy", 95],
    ["at-risk", 4],
  ]),
  revocations: new Map([["order", 1]]),
  restoresUnconfirmed: 0,
  waitingEvents: 0,
  probesOverdueSeconds: 0,
  probeLoad: 0,
  upkeepSeconds: new Map(WORK.map((work) => [work, Date.now() / 1000])),
  upkeepOk: new Map(WORK.map((work) => [work, 1])),
  migrationsPending: 0,
};
const ALARMING: FleetFigures = {
  ...QUIET,
  keyHealth: new Map([["unusable", 5]]),
  revocations: new Map([["fleet", 1]]),
  relocksUnconfirmed: 1,
  waitingEvents: 101,
  campaignIdleSeconds: 7_201,
  restoresUnconfirmed: 1,
  probesOverdueSeconds: 61,
  probeLoad: 0.41,
  upkeepSeconds: new Map(WORK.map((work) => [work, (Date.now() - 9 * DAY_MS) / 1000])),
  upkeepOk: new Map(WORK.map((work) => [work, 0])),
  migrationsPending: 1,
};

type Replica = AsyncDisposable & {
  readonly port: number;
  /** When each scrape began. */
  readonly scrapedAtMs: readonly number[];
};

/** A replica's registry, on the replica's own listener. `happens` runs before each scrape. */
async function serveReplica(
  figures: () => Promise<FleetFigures>,
  prepare: (metrics: Metrics) => () => void,
): Promise<Replica> {
  const metrics = createMetrics(figures);
  const happens = prepare(metrics);
  const scrapedAtMs: number[] = [];
  const scraped = {
    contentType: metrics.registry.contentType,
    metrics() {
      scrapedAtMs.push(Date.now());
      for (let event = 0; event < EVENTS_PER_SCRAPE; event += 1) happens();
      return metrics.registry.metrics();
    },
  };
  const noLimit = { perAddress: 0, inSum: 0 };
  const connections = createConnectionPlaces(noLimit, () => undefined, Date.now);
  const served = await serveMetrics(scraped, { host: HOST, port: 0, connections });
  return {
    port: served.port,
    scrapedAtMs,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

const serveHealthy = () =>
  serveReplica(
    () => Promise.resolve(QUIET),
    (metrics) => {
      metrics.showClock(() => ({ azure: 200, database: -200 }));
      metrics.showCertificate(() => Date.now() + 60 * DAY_MS);
      metrics.showOwnKeys(new Map([["signing", Date.now() - 30 * DAY_MS]]));
      metrics.showReadiness(() => Promise.resolve(""));
      metrics.showDataDisk(() => Promise.resolve({ free: 11, size: 100 }));
      return () => {
        metrics.answered({ action: "watch", outcome: "done", code: "", elapsedMs: 20_000 });
        metrics.answered({ action: "unlock", outcome: "done", code: "", elapsedMs: 20 });
        metrics.answered({
          action: "unlock",
          outcome: "refused",
          code: "UnlockRevoked",
          elapsedMs: 20,
        });
        metrics.relocked(2_000);
        metrics.served({ route: undefined, status: 200, elapsedMs: 20 });
        metrics.calledVault({ operation: "unwrap", code: "", elapsedMs: 20 });
      };
    },
  );

const serveFaulty = () =>
  serveReplica(
    () => Promise.resolve(ALARMING),
    (metrics) => {
      metrics.showClock(() => ({ azure: -31_000 }));
      metrics.showCertificate(() => Date.now() + DAY_MS);
      metrics.showOwnKeys(new Map([["signing", Date.now() - 400 * DAY_MS]]));
      metrics.showConnections("public", () => 81, 100);
      metrics.showReadiness(() => Promise.resolve("unwritable"));
      metrics.showMemoryLimit(100);
      metrics.showDataDisk(() => Promise.resolve({ free: 9, size: 100 }));
      metrics.showDevicesAhead(() => Promise.resolve(1));
      const buildInfo = metrics.registry.getSingleMetric("databox_build_info");
      if (buildInfo instanceof Gauge) buildInfo.set({ version: "0.0.1", revision: "other" }, 1);
      // A process's own ones (e2e/observability.test.ts reads their names from a broker).
      for (const [name, value] of [
        ["nodejs_eventloop_lag_p99_seconds", 0.3],
        ["process_resident_memory_bytes", 86],
      ] as const)
        new Gauge({ name, help: name, registers: [metrics.registry] }).set(value);
      // Those of other exporters.
      for (const [name, labels, value] of [
        ["probe_success", { probe: "databox-broker" }, 0],
        ["kube_job_failed", { condition: "true", job_name: "databox-broker-migrate-0-2-0" }, 1],
      ] as const)
        new Gauge({
          name,
          help: name,
          labelNames: Object.keys(labels),
          registers: [metrics.registry],
        }).set(labels, value);
      return () => {
        metrics.answered({
          action: "unlock",
          outcome: "failed",
          code: "InternalError",
          elapsedMs: 5_000,
        });
        metrics.relocked(61_000);
        metrics.served({ route: undefined, status: 500, elapsedMs: 20 });
        metrics.turnedAway();
        metrics.refusedConnection("public", "address");
        for (const code of [
          "KeyVaultUnreachable",
          "KeyVaultThrottled",
          "IdentityProviderUnreachable",
        ] as const)
          metrics.calledVault({ operation: "unwrap", code, elapsedMs: 20 });
      };
    },
  );

/** Every reason for which a replica cannot decide. */
const NOT_READY = Object.keys({
  closing: true,
  failed: true,
  outdated: true,
  unwritable: true,
  stuck: true,
  clock: true,
} satisfies Record<Exclude<Reason, "">, true>);
const serveNotReady = (reason: string) =>
  serveReplica(
    () => Promise.resolve(QUIET),
    (metrics) => {
      metrics.showReadiness(() => Promise.resolve(reason));
      return () => undefined;
    },
  );

/** It also has another key than the others. */
const serveWithoutDatabase = () =>
  serveReplica(
    () => Promise.reject(new Error("no database")),
    (metrics) => {
      metrics.showReadiness(() => Promise.reject(new Error("no database")));
      metrics.showOwnKeys(new Map([["signing", Date.now()]]));
      return () => undefined;
    },
  );

const answered = z.object({
  data: z.object({
    groups: z.tuple([
      z.object({
        lastEvaluation: z.string(),
        rules: z.array(
          z.object({
            name: z.string(),
            state: z.string(),
            health: z.string(),
            alerts: z.array(z.object({ labels: z.object({ reason: z.string().optional() }) })),
          }),
        ),
      }),
    ]),
  }),
});

/** Debian's Prometheus, with the rules and no replica. It ends with this process in any case. */
async function startPrometheus() {
  const folder = openTemporaryFolder();
  const file = join(folder.path, "prometheus.json");
  const configure = (ports: readonly number[]) => {
    const targets = ports.map((port) => `${HOST}:${String(port)}`);
    const configuration = {
      global: { scrape_interval: "2s", evaluation_interval: "1s" },
      rule_files: ["alerts.yaml"],
      scrape_configs: [{ job_name: "databox-broker", static_configs: [{ targets }] }],
    };
    writeFileSync(file, JSON.stringify(configuration));
  };
  configure([]);
  writeFileSync(join(folder.path, "alerts.yaml"), RULES);
  const address = `${HOST}:${String(await freePort())}`;
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      '"$@" & cat >/dev/null; kill -KILL $!; wait',
      "sh",
      PROGRAM,
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder.path, "data")}`,
      `--web.listen-address=${address}`,
      "--web.enable-lifecycle",
      "--log.level=error",
    ],
    { stdio: ["pipe", "inherit", "inherit"], cwd: folder.path },
  );
  return {
    /** Scrapes the replicas at these ports, and no others. */
    async scrape(ports: readonly number[]) {
      configure(ports);
      const { status } = await fetch(`http://${address}/-/reload`, { method: "POST" });
      expect(status).toBe(200);
    },
    /** By its HTTP API: the time of the last evaluation, and the result of each rule. */
    async read() {
      const answer = await fetch(`http://${address}/api/v1/rules?type=alert`);
      const [{ lastEvaluation, rules }] = answered.parse(await answer.json()).data.groups;
      return {
        evaluatedAtMs: Date.parse(lastEvaluation),
        alerts: rules.map(({ name }) => name),
        failed: rules.filter(({ health }) => health !== "ok").map(({ name }) => name),
        reasons: rules
          .filter(({ name }) => name === "NobodyReady")
          .flatMap(({ alerts }) => alerts.map(({ labels }) => labels.reason ?? "")),
        firing: rules.filter(({ state }) => state === "firing").map(({ name }) => name),
      };
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
      folder[Symbol.dispose]();
    },
  };
}

test.runIf(hasPrometheus)(
  "each alert fires in a Prometheus that scrapes the broker's metrics, and none without a fault",
  async () => {
    await using prometheus = await startPrometheus();
    const absent = { failed: [], firing: ["BrokerAbsent"] };
    await expect.poll(() => prometheus.read()).toMatchObject(absent);

    await using healthy = await serveHealthy();
    await prometheus.scrape([healthy.port]);
    // When the fourth scrape begins, three are kept, which is enough for each rate.
    await expect.poll(() => healthy.scrapedAtMs.length).toBeGreaterThan(3);
    const [, , , fourthAtMs = 0] = healthy.scrapedAtMs;
    const silent = async () => {
      const { evaluatedAtMs, failed, firing } = await prometheus.read();
      return { isAfter: evaluatedAtMs > fourthAtMs, failed, firing };
    };
    await expect.poll(silent).toEqual({ isAfter: true, failed: [], firing: [] });

    await using faulty = await serveFaulty();
    await using withoutDatabase = await serveWithoutDatabase();
    await prometheus.scrape([faulty.port, withoutDatabase.port, await freePort()]);
    const { alerts } = await prometheus.read();
    const fired = new Set(absent.firing);
    const stillSilent = async () => {
      for (const name of (await prometheus.read()).firing) fired.add(name);
      return alerts.filter((name) => !fired.has(name));
    };
    await expect.poll(stillSilent).toEqual([]);
    expect(alerts.length).toBeGreaterThan(20);
  },
);

test.runIf(hasPrometheus)(
  "a page fires for each reason for which no replica can decide",
  async () => {
    await using prometheus = await startPrometheus();
    await expect.poll(() => prometheus.read()).toMatchObject({ firing: ["BrokerAbsent"] });
    await using replicas = new AsyncDisposableStack();
    const ports: number[] = [];
    for (const reason of NOT_READY) ports.push(replicas.use(await serveNotReady(reason)).port);
    await prometheus.scrape(ports);
    const reasons = async () => (await prometheus.read()).reasons.toSorted();
    await expect.poll(reasons).toEqual(NOT_READY.toSorted());
  },
);

test("each page of an outage fires within two minutes, with a scrape every 30 seconds", () => {
  const rules = SHIPPED.split(/^ +- alert: /m);
  for (const name of OUTAGES) {
    const rule = rules.find((each) => each.startsWith(`${name}\n`)) ?? "";
    expect(rule).toContain("severity: page");
    const [, minutes = "0"] = /^ +for: (\d+)m$/m.exec(rule) ?? [];
    const [, window = "0"] = /\[(\d+)s\]/.exec(rule) ?? [];
    expect(Number(minutes) * 60 + Number(window) + 30).toBeLessThanOrEqual(120);
  }
});
