import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";

import { type DeviceClient, findPostgres, requireTool, required } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import { hasFakeTime, TEN_YEARS_AHEAD } from "../drills/fake-time.ts";
import { hasPromtool, readScrape, replaySamples } from "../harness/replay-samples.ts";
import { hasPrometheus, startPrometheus } from "../harness/start-prometheus.ts";
import { type Fleet, openFleet } from "./open-fleet.ts";
import { renew } from "./renew.ts";

const hasTools = [
  requireTool("postgresql", findPostgres() !== undefined),
  requireTool("prometheus", hasPrometheus),
  requireTool("promtool", hasPromtool),
  requireTool("faketime", hasFakeTime),
].every(Boolean);

const RULES = fileURLToPath(new URL("../../deploy/observability/alerts.yaml", import.meta.url));
/** For the server that scrapes each second: what must last for a minute there need not last here. */
const AT_ONCE = readFileSync(RULES, "utf8").replaceAll(/^ +for: \w+\n/gm, "");
/** Scrapes every half a minute within the two minutes that a fault may last unheard. */
const SCRAPES = 4;
const MAX_CONNECTIONS = 20;
/** A replica reads figures of the whole installation every ten seconds, so more often than that. */
const FIGURES_MS = 10_500;
/** More than one a second, in a scrape that stands for half a minute. */
const MANY = 60;

let fleet: Fleet;
const opened = new AsyncDisposableStack();
let device: DeviceClient;
beforeAll(async () => {
  if (!hasTools) return;
  fleet = opened.use(await openFleet("postgres"));
  device = await fleet.deliver("outages");
});
afterAll(() => opened.disposeAsync());

const onEach = (act: (replica: Fleet["replicas"][number]) => Promise<unknown>) =>
  Promise.all(fleet.replicas.map(act));
const restart = async (settings?: Readonly<Record<string, string>>) => {
  await onEach((replica) => replica.kill());
  await onEach((replica) => replica.start(undefined, settings));
};
const PSQL = join(findPostgres() ?? "", "psql");
const options = () => {
  const { socketFolder, user } = required(fleet.server);
  return ["-h", socketFolder, "-U", user, "-d", "postgres", "-qc"];
};
const sql = (statements: string) => {
  const { status, stderr } = spawnSync(PSQL, [...options(), statements], {
    // Also while the database is read-only for all others.
    env: { PGOPTIONS: "-c default_transaction_read_only=off" },
  });
  expect(stderr.toString()).toBe("");
  expect(status).toBe(0);
};
const fault = (service: string, effect: object) =>
  fleet.control.send("POST", "/faults", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ scope: { service }, effect }),
  });
/** An appliance is unlocked and renews its lease, as far as it gets. */
const use = async () => {
  const { answer } = await device.unlock("unlock");
  if (answer.kind !== "answer") return answer.kind;
  await renew(device, answer.value.lease);
  return "served";
};
const tryToUse = () => use().catch(() => "lost");
const scrape = async () =>
  readScrape(
    new Map(
      await Promise.all(
        fleet.replicas.map(async (each) => [each.metrics, await each.scrape()] as const),
      ),
    ),
  );

const namesOf = (fires: readonly string[]) => fires.map((each) => each.split(" ")[0] ?? "");

type State = {
  /** Names of alerts, with their reasons. */
  readonly fires: readonly string[];
  readonly enter: () => Promise<unknown>;
  readonly leave?: () => unknown;
  /** Absent: an unlock and a renewal are tried. */
  readonly meanwhile?: () => Promise<unknown>;
};
const sockets: TLSSocket[] = [];
let locking: ChildProcess | undefined;
/** The states in which appliances are not served, or soon will not be. */
const STATES: Readonly<Record<string, State>> = {
  "the vaults cannot be reached": {
    fires: ["UnlocksFail"],
    enter: () => fault("key-vault", { kind: "connection-reset" }),
  },
  "Entra ID does not answer": {
    fires: ["UnlocksFail"],
    async enter() {
      await fault("entra", { kind: "connection-reset" });
      await restart(); // They had tokens.
    },
  },
  "the database is gone": {
    fires: ["DatabaseDown", "NobodyReady failed"],
    enter() {
      for (const link of fleet.links) link.cut();
      return setTimeout(FIGURES_MS);
    },
    leave: () => fleet.links.forEach((link) => link.mend()),
  },
  "the database is read-only": {
    fires: ["NobodyReady unwritable"],
    async enter() {
      sql("alter database postgres set default_transaction_read_only = on");
      await restart();
    },
    leave: () => sql("alter database postgres reset default_transaction_read_only"),
  },
  "a newer version has changed the database": {
    fires: ["NobodyReady outdated"],
    enter: () => Promise.resolve(sql("update schema_needs set migration = '9999-later'")),
    leave: () => sql("update schema_needs set migration = '0011-replicas'"),
  },
  "the database lacks a migration, as after a restore": {
    fires: ["InternalErrors"],
    enter: () =>
      Promise.resolve(sql("alter table leases rename column backup_key to backup_key_later")),
    leave: () => sql("alter table leases rename column backup_key_later to backup_key"),
  },
  "the signing key is missing, in a folder that is mounted read-only": {
    fires: ["BrokerDown"],
    async enter() {
      await onEach((replica) => replica.kill());
      await onEach((replica) =>
        expect(replica.start(undefined, { BROKER_KEYS_DIR: "/proc/self" })).rejects.toThrow(
          "did not start",
        ),
      );
    },
  },
  "the clocks are off": { fires: ["NobodyReady clock"], enter: () => restart(TEN_YEARS_AHEAD) },
  "all replicas are stopped at once": {
    fires: ["NobodyReady closing"],
    async enter() {
      await restart({ SHUTDOWN_DELAY_SECONDS: "600" });
      for (const replica of fleet.replicas) void replica.stop();
    },
  },
  "the operator's kill switch stands": {
    fires: ["FleetRevoked"],
    async enter() {
      await fleet.world.operator.revoke({ kind: "fleet" }, "incident 4711");
      await setTimeout(FIGURES_MS);
    },
    leave: () => fleet.world.operator.restoreAccess({ kind: "fleet" }),
  },
  "strangers hold the connections": {
    fires: ["ConnectionsNearLimit"],
    async enter() {
      await restart({ MAX_CONNECTIONS: String(MAX_CONNECTIONS) });
      for (const replica of fleet.replicas)
        for (let each = 0; each < MAX_CONNECTIONS; each += 1)
          sockets.push(
            connect({ port: replica.port(), host: "127.0.0.1", rejectUnauthorized: false })
              .on("error", () => undefined)
              .on("secureConnect", function ask(this: TLSSocket) {
                this.write("GET /healthz HTTP/1.1\r\nHost: broker.localhost\r\n\r\n");
              }),
          );
    },
    meanwhile: () => Promise.resolve(),
    leave: () => sockets.forEach((socket) => socket.destroy()),
  },
  "every place is taken by work that waits": {
    fires: ["TurningAway"],
    async enter() {
      await restart({ MAX_REQUESTS_AT_WORK: "1" });
      locking = spawn(PSQL, [...options(), "begin; lock table leases; select pg_sleep(600)"]);
    },
    async meanwhile() {
      const prepared = await device.prepareUnlock("unlock");
      const tries = Array.from({ length: MANY }, () => device.sendUnlock(prepared));
      await Promise.allSettled(tries);
    },
    leave() {
      locking?.kill();
      sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()",
      );
    },
  },
  "no message of an appliance arrives": {
    fires: ["RenewalsCease"],
    enter: () => Promise.resolve(),
    meanwhile: () => Promise.resolve(),
  },
};

test.runIf(hasTools)("no page says that a fleet is not served while it is", async () => {
  await expect.poll(tryToUse).toBe("served");
  const healthy = [await scrape(), (await use(), await scrape())] as const;
  expect(replaySamples(RULES, healthy, [], [])).toBe("");
});

test.runIf(hasTools).each(Object.entries(STATES))(
  "within two minutes a page says that %s",
  async (_name, { fires, enter, leave, meanwhile = tryToUse }) => {
    await expect.poll(tryToUse).toBe("served");
    const first = await scrape();
    expect(await use()).toBe("served");
    const healthy = [first, await scrape()] as const;
    try {
      await enter();
      const faulty = [];
      while (faulty.length < SCRAPES) {
        await meanwhile();
        faulty.push(await scrape());
      }
      expect(replaySamples(RULES, healthy, faulty, namesOf(fires))).toBe("");
      await using prometheus = await startPrometheus(
        AT_ONCE,
        fleet.replicas.map(({ metrics }) => metrics),
      );
      const firing = async () => {
        await meanwhile();
        return prometheus.firing();
      };
      await expect.poll(firing).toEqual(expect.arrayContaining([...fires]));
    } finally {
      await leave?.();
      await fleet.control.send("DELETE", "/faults");
      await restart();
    }
  },
);
