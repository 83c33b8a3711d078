import { fork } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { Agent, request } from "undici";
import * as z from "zod";

import { loopbackLookup } from "../src/loopback-lookup.ts";

/*
 * How much of raw `crypto.privateDecrypt` is left of an unwrap by the emulator (TLS, token, gate,
 * JSON): node tools/run.mjs node apps/azure-emulator/bench/unwrap.ts [seconds] [connections]
 * [modulus bits] `perCpu` divides by the CPU time of the emulator's process alone, so that neither
 * the load generator nor other programs of the machine count; `wall` is what the clients of this
 * process saw, who share the same cores.
 */
const [seconds = 3, connections = 16, modulusBits = 2048] = process.argv.slice(2).map(Number);
const CLOCK_TICKS_PER_SECOND = 100;
const ROUNDS = 3;
const RAW_SECONDS = Math.min(2, seconds);

const ready = z.object({
  type: z.literal("ready"),
  controlUrl: z.string(),
  authorityUrl: z.string(),
  armUrl: z.string(),
  vaultSuffix: z.string(),
  vaultAudience: z.string(),
  tenantId: z.string(),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  location: z.string(),
  caPem: z.string(),
});
const rawResult = z.object({ unwraps: z.number(), cpuSeconds: z.number() });

const folder = mkdtempSync(join(tmpdir(), "azure-emulator-bench-"));
const startedMs = performance.now();
const child = fork(
  new URL("../src/main.ts", import.meta.url),
  ["serve", "--port", "0", "--imds-port", "0", "--dns-port", "0", "--ca", join(folder, "ca.pem")],
  { stdio: ["ignore", "ignore", "inherit", "ipc"] },
);
try {
  const emulator = ready.parse(await new Promise((resolve) => child.once("message", resolve)));
  const startMs = performance.now() - startedMs;
  const dispatcher = new Agent({
    connections,
    connect: { ca: emulator.caPem, lookup: loopbackLookup },
  });
  const call = callerOf(dispatcher);
  const unwrap = await prepareUnwrap(emulator, call);
  await repeat(unwrap, 1);
  // Rounds of both in turn: other programs of the machine slow both alike.
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push(await measureRound(unwrap, child.pid ?? 0));
  await dispatcher.close();
  const figures = {
    modulusBits,
    connections,
    cores: availableParallelism(),
    startMs: Math.round(startMs),
    rawPerSecond: Math.round(median(rounds.map(({ raw }) => raw.perSecond))),
    rawPerCpuSecond: Math.round(median(rounds.map(({ raw }) => raw.perCpuSecond))),
    emulatorPerSecond: Math.round(median(rounds.map(({ emulator: { perSecond } }) => perSecond))),
    emulatorPerCpuSecond: Math.round(
      median(rounds.map(({ emulator: { perCpuSecond } }) => perCpuSecond)),
    ),
    wall: ratio(rounds, "perSecond"),
    perCpu: ratio(rounds, "perCpuSecond"),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  child.kill();
  rmSync(folder, { recursive: true });
}

type Rate = { readonly perSecond: number; readonly perCpuSecond: number };
type Round = { readonly raw: Rate; readonly emulator: Rate };

async function measureRound(unwrap: () => Promise<unknown>, pid: number): Promise<Round> {
  const raw = await measureRaw();
  const cpuBefore = cpuSecondsOf(pid);
  const unwraps = await repeat(unwrap, seconds);
  return {
    raw,
    emulator: {
      perSecond: unwraps / seconds,
      perCpuSecond: unwraps / (cpuSecondsOf(pid) - cpuBefore),
    },
  };
}

function ratio(rounds: readonly Round[], rate: keyof Rate): number {
  return Number(median(rounds.map(({ raw, emulator }) => emulator[rate] / raw[rate])).toFixed(3));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function measureRaw(): Promise<Rate> {
  const results = await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const worker = new Worker(new URL("./raw-unwraps.ts", import.meta.url), {
        workerData: { seconds: Math.min(seconds, RAW_SECONDS), modulusBits },
      });
      return rawResult.parse(
        await new Promise((resolve, reject) =>
          worker.once("message", resolve).once("error", reject),
        ),
      );
    }),
  );
  const unwraps = results.reduce((sum, result) => sum + result.unwraps, 0);
  const cpuSeconds = results.reduce((sum, result) => sum + result.cpuSeconds, 0);
  return {
    perSecond: unwraps / Math.min(seconds, RAW_SECONDS),
    perCpuSecond: unwraps / cpuSeconds,
  };
}

type Call = (
  method: "GET" | "POST" | "PUT" | "PATCH",
  url: string,
  body: object | string,
  headers?: Record<string, string>,
) => Promise<unknown>;

function callerOf(dispatcher: Agent): Call {
  return async (method, url, body, headers = {}) => {
    const isForm = typeof body === "string";
    const answer = await request(url, {
      method,
      dispatcher,
      headers: {
        "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
        ...headers,
      },
      body: isForm ? body : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
}

/** An application, a vault, a key and a wrapped value; returns one unwrap. */
async function prepareUnwrap(
  emulator: z.infer<typeof ready>,
  call: Call,
): Promise<() => Promise<unknown>> {
  const clientId = randomUUID();
  const secret = randomUUID();
  await call("PATCH", `${emulator.controlUrl}/settings`, { throttling: false });
  const { objectId } = z
    .object({ objectId: z.string() })
    .parse(await call("PUT", `${emulator.controlUrl}/applications/${clientId}`, { secret }));
  const token = async (resource: string): Promise<string> => {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: secret,
      scope: `${resource}/.default`,
    });
    const answer = await call(
      "POST",
      `${emulator.authorityUrl}/${emulator.tenantId}/oauth2/v2.0/token`,
      form.toString(),
    );
    return `Bearer ${z.object({ access_token: z.string() }).parse(answer).access_token}`;
  };
  const vaultId = `/subscriptions/${emulator.subscriptionId}/resourceGroups/${emulator.resourceGroup}/providers/Microsoft.KeyVault/vaults/bench`;
  await call(
    "PUT",
    `${emulator.armUrl}${vaultId}?api-version=2026-02-01`,
    {
      location: emulator.location,
      properties: {
        tenantId: emulator.tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: false,
        accessPolicies: [
          {
            tenantId: emulator.tenantId,
            objectId,
            permissions: { keys: ["create", "wrapKey", "unwrapKey"] },
          },
        ],
      },
    },
    { authorization: await token(emulator.armUrl) },
  );
  const authorization = await token(emulator.vaultAudience);
  const vaultUrl = `https://bench.${emulator.vaultSuffix}`;
  const query = "?api-version=2025-07-01";
  const created = await call(
    "POST",
    `${vaultUrl}/keys/kek/create${query}`,
    { kty: "RSA", key_size: modulusBits },
    { authorization },
  );
  const { kid } = z.object({ key: z.object({ kid: z.string() }) }).parse(created).key;
  const wrapped = await call(
    "POST",
    `${kid}/wrapkey${query}`,
    { alg: "RSA-OAEP-256", value: randomBytes(32).toString("base64url") },
    { authorization },
  );
  const body = { alg: "RSA-OAEP-256", value: z.object({ value: z.string() }).parse(wrapped).value };
  return () => call("POST", `${kid}/unwrapkey${query}`, body, { authorization });
}

async function repeat(operation: () => Promise<unknown>, forSeconds: number): Promise<number> {
  const endMs = performance.now() + forSeconds * 1000;
  let count = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await operation();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  return count;
}

/** User and system time of a process, from /proc (Linux). */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}
