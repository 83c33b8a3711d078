// @module-tag one-engine

import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";

import { generateSigningKey, messageHash, signMessage } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { createLocalhostTls, freePort } from "@databox-cmk/testkit";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { verifyAuditFile } from "../../src/audit/verify-audit.ts";
import { DATABASE_FILE } from "../../src/run/open-data-dir.ts";
import { createBrokerEnvironment } from "./broker-environment.ts";
import { buildBroker, type BuiltBroker } from "./build-broker.ts";

const WORKERS = 2;
let broker: BuiltBroker;
let running: ChildProcess | undefined;
beforeAll(async () => {
  broker = await buildBroker();
});
afterAll(() => {
  broker[Symbol.dispose]();
});
afterEach(() => {
  running?.kill("SIGKILL");
});

async function start(variables: Readonly<Record<string, string>>, ...nodeOptions: string[]) {
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      ...nodeOptions,
      broker.main,
      "serve",
      "--workers",
      String(WORKERS),
    ],
    {
      env: { ...variables, RATE_LIMIT_ADDRESS_PER_SECOND: "0", RATE_LIMIT_DEVICE_PER_MINUTE: "0" },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  );
  running = child;
  const [message] = (await once(child, "message")) as [{ readonly port: number }];
  return { child, port: message.port };
}

const workersOf = ({ pid }: ChildProcess): number[] =>
  readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);

async function stop(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = (await ended) as [number | null];
  return code;
}

/** One connection, one request. @returns its newest ticket; a resumed session may get none */
async function visit(port: number, session?: Buffer) {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, session });
  let newest: Buffer | undefined;
  socket.on("session", (ticket: Buffer) => {
    newest = ticket;
  });
  socket.write("GET /healthz HTTP/1.1\r\nhost: broker.localhost\r\nconnection: close\r\n\r\n");
  socket.resume();
  const closed = once(socket, "close");
  await once(socket, "secureConnect");
  const isReused = socket.isSessionReused();
  const { fingerprint256 } = socket.getPeerCertificate();
  await closed;
  return { session: newest, isReused, fingerprint256 };
}

test("each worker resumes the sessions of all, /metrics adds theirs up, SIGHUP renews the certificate of each, and all end with their parent", async () => {
  using environment = await createBrokerEnvironment();
  const metricsPort = await freePort();
  const { child, port } = await start({
    ...environment.variables,
    METRICS_PORT: String(metricsPort),
  });
  const workers = workersOf(child);
  expect(workers).toHaveLength(WORKERS);
  const { session } = await visit(port);
  for (const worker of workers) {
    // A stopped worker accepts no connection, so the others get this one.
    process.kill(worker, "SIGSTOP");
    expect((await visit(port, session)).isReused).toBe(true);
    process.kill(worker, "SIGCONT");
  }
  const metrics = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text();
  expect(metrics).toContain(
    `databox_http_requests_total{route="/healthz",method="GET",status="200"} ${String(WORKERS + 1)}`,
  );

  // SIGHUP to the supervisor reaches each of them, and ends none.
  const { server } = createLocalhostTls();
  writeFileSync(environment.variables["BROKER_TLS_KEY_FILE"] ?? "", server.privateKey);
  writeFileSync(environment.variables["BROKER_TLS_CERTIFICATE_FILE"] ?? "", server.certificate);
  child.kill("SIGHUP");
  const { fingerprint256 } = new X509Certificate(server.certificate);
  for (const worker of workers) {
    process.kill(worker, "SIGSTOP");
    await expect.poll(async () => (await visit(port)).fingerprint256).toBe(fingerprint256);
    process.kill(worker, "SIGCONT");
  }
  const ended = once(child, "exit");
  child.disconnect();
  expect(await ended).toEqual([0, null]);
});

test("no request waits for a worker that hangs and is then killed", async () => {
  using environment = await createBrokerEnvironment();
  const { child, port } = await start(environment.variables);
  const [worker = 0] = workersOf(child);
  process.kill(worker, "SIGSTOP");
  const visits = Array.from({ length: 8 }, () => visit(port));
  await Promise.all(visits);
  process.kill(worker, "SIGKILL");
  await visit(port);
  expect(await stop(child)).toBe(0);
});

/** The supervisor of this program kills its first worker just before it tells all to close. */
const KILL_ON_SIGTERM = `data:text/javascript,${encodeURIComponent(`
  import cluster from "node:cluster";
  import { readFileSync } from "node:fs";
  if (cluster.isPrimary) process.once("SIGTERM", () => {
    const { pid } = Object.values(cluster.workers)[0].process;
    process.kill(pid, "SIGKILL");
    while (!/^State:\\s+Z/m.test(readFileSync("/proc/" + pid + "/status", "utf8")));
  });
`)}`;

test("a worker that dies while it is being closed causes no failure", async () => {
  using environment = await createBrokerEnvironment();
  const { child } = await start(environment.variables, "--import", KILL_ON_SIGTERM);
  expect(await stop(child)).toBe(0);
});

test("a worker that is killed under load is replaced, and no answer was without its audit row", async () => {
  using environment = await createBrokerEnvironment();
  const { child, port } = await start(environment.variables);
  const before = workersOf(child);
  const answered: string[] = [];
  const statuses = new Set<number>();
  const { key } = generateSigningKey();
  const transports = Array.from({ length: 8 }, () => environment.transport(port));

  /**
   * A stranger's question is refused, and the refusal audited: every worker writes to one chain.
   * Two rounds are 112 messages, fewer than the rows that one address gets in one process (120).
   */
  async function ask(round: number, onAnswer?: () => void): Promise<void> {
    const lanes = transports.map(async (transport, lane) => {
      for (let count = 0; count < 7; count += 1) {
        const body = await signMessage(key, MESSAGE_TYPES.unlockRequest, { round, lane, count });
        const headers = { "content-type": JOSE_MEDIA_TYPE };
        const answer = await transport
          .send("POST", DEVICE_ROUTES.unlocks, { headers, body })
          .catch(() => undefined); // its worker was killed
        if (answer === undefined) continue;
        statuses.add(answer.status);
        answered.push(messageHash(body));
        onAnswer?.();
      }
    });
    await Promise.all(lanes);
  }
  await ask(1, () => {
    if (answered.length === 20) process.kill(before[0] ?? 0, "SIGKILL");
  });
  await expect.poll(() => workersOf(child).filter((pid) => !before.includes(pid)).length).toBe(1);
  const beforeReplacement = answered.length;
  await ask(2);
  expect(answered.length).toBeGreaterThan(beforeReplacement + 40);
  for (const transport of transports) transport.close();
  expect(await stop(child)).toBe(0);
  expect([...statuses]).toEqual([401]);

  const file = join(environment.dataDir, DATABASE_FILE);
  expect([...(await verifyAuditFile(file)).values()].every(({ ok }) => ok)).toBe(true);
  const database = new Database(file, { readonly: true });
  const rows = database.prepare<[], { row_json: string }>("select row_json from audit").all();
  database.close();
  const audited = new Set(
    rows.map((row) => (JSON.parse(row.row_json) as { requestHash?: string }).requestHash),
  );
  expect(answered.filter((hash) => !audited.has(hash))).toEqual([]);
});

test("a supervisor that is killed takes its workers with it", async () => {
  using environment = await createBrokerEnvironment();
  const { child } = await start(environment.variables);
  const workers = workersOf(child);
  child.kill("SIGKILL");
  await expect.poll(() => workers.filter((pid) => isAlive(pid))).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    // A zombie has ended; its parent has not read its exit code yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("zero workers are refused", async () => {
  const child = spawn(process.execPath, [broker.main, "serve", "--workers", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  running = child;
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(2);
  expect(stderr).toContain("expected 1 to 64");
});

test("a fault that stops one worker from starting stops all, and is reported once", async () => {
  using environment = await createBrokerEnvironment();
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const child = spawn(process.execPath, [broker.main, "serve", "--workers", "2"], {
    env: { ...environment.variables, BROKER_PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  running = child;
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  other.close();
  expect({ code, lines: stderr.split("PortInUse").length - 1 }).toEqual({ code: 1, lines: 1 });
});
