// @module-tag one-engine

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { generateSigningKey, messageHash, signMessage } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { verifyAuditFile } from "../../src/audit/verify-audit.ts";
import { DATABASE_FILE } from "../../src/run/open-data-dir.ts";
import { createBrokerEnvironment } from "./broker-environment.ts";
import { buildBroker, type BuiltBroker } from "./build-broker.ts";

let broker: BuiltBroker;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  broker = await buildBroker();
});
afterAll(() => {
  broker[Symbol.dispose]();
});
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

async function start(variables: Readonly<Record<string, string>>) {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", broker.main, "serve"],
    {
      env: { ...variables, RATE_LIMIT_ADDRESS_PER_SECOND: "0", RATE_LIMIT_DEVICE_PER_MINUTE: "0" },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  );
  running.add(child);
  const [message] = (await once(child, "message")) as [{ readonly port: number }];
  return { child, port: message.port };
}

async function stop(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = (await ended) as [number | null];
  return code;
}

test("one of two replicas on one machine is killed under load and started again, and no answer was without its audit row", async () => {
  using environment = await createBrokerEnvironment();
  const kept = await start(environment.variables);
  const killed = await start(environment.variables);
  const answered: string[] = [];
  const statuses = new Set<number>();
  const { key } = generateSigningKey();
  const open = ({ port }: { readonly port: number }) =>
    Array.from({ length: 4 }, () => environment.transport(port));

  /**
   * A stranger's question is refused, and the refusal audited: every process writes to one chain.
   * Two rounds are 112 messages, fewer than the rows that one address gets in one process (120).
   */
  async function ask(
    round: number,
    transports: readonly ReturnType<typeof environment.transport>[],
    onAnswer?: () => void,
  ): Promise<void> {
    const lanes = transports.map(async (transport, lane) => {
      for (let count = 0; count < 7; count += 1) {
        const body = await signMessage(key, MESSAGE_TYPES.unlockRequest, { round, lane, count });
        const headers = { "content-type": JOSE_MEDIA_TYPE };
        const answer = await transport
          .send("POST", DEVICE_ROUTES.unlocks, { headers, body })
          .catch(() => undefined); // its process was killed
        if (answer === undefined) continue;
        statuses.add(answer.status);
        answered.push(messageHash(body));
        onAnswer?.();
      }
    });
    await Promise.all(lanes);
    for (const transport of transports) transport.close();
  }
  const ended = once(killed.child, "exit");
  await ask(1, [...open(kept), ...open(killed)], () => {
    if (answered.length === 20) killed.child.kill("SIGKILL");
  });
  expect(await ended).toEqual([null, "SIGKILL"]);
  const again = await start(environment.variables);
  const beforeAgain = answered.length;
  await ask(2, [...open(kept), ...open(again)]);
  expect(answered.length).toBeGreaterThan(beforeAgain + 40);
  expect(await Promise.all([stop(kept.child), stop(again.child)])).toEqual([0, 0]);
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

test("more than one worker is refused", async () => {
  const child = spawn(process.execPath, [broker.main, "serve", "--workers", "2"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.add(child);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(2);
  expect(stderr).toContain("start replicas instead");
});
