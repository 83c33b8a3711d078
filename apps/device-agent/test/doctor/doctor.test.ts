import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

import { createCertificateAuthority } from "@databox-cmk/crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import type { FailureEvent } from "../../src/core/agent-event.ts";
import { exitCodeOf } from "../../src/core/exit-codes.ts";
import { renderEvent } from "../../src/core/render-event.ts";
import { deny } from "../deny.ts";
import { createDoctorWorld, type DoctorWorld, type PreparedCopy } from "./doctor-world.ts";

let world: DoctorWorld;
beforeAll(async () => {
  world = await createDoctorWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const cleanups: (() => void)[] = [];
afterEach(() => {
  world.broker.intercept = undefined;
  for (const clean of cleanups.splice(0)) clean();
});

test("a fit node passes every check in order, and there is nothing to do", async () => {
  const event = await world.doctor(world.copy().stateDir);
  expect(event).toMatchObject({
    event: "doctor",
    node: "DOCTOR-1",
    outcome: "healthy",
    nextStep: { who: "nobody" },
  });
  expect(event.checks?.map(({ name, status }) => `${name} ${status}`)).toEqual(
    [
      "state-folder",
      "settings",
      "device-key",
      "boot",
      "envelope",
      "share",
      "volume",
      "proxy",
      "name",
      "connection",
      "certificate",
      "challenge",
      "clock",
      "last-unlock",
    ].map((name) => `${name} passed`),
  );
  expect(exitCodeOf(event)).toBe(0);
  expect(renderEvent(event)).toMatch(/ ✓ certificate .*valid for 1 more day\n/);
});

test("a refused unlock stays the finding until an unlock succeeds", async () => {
  const { stateDir } = world.copy();
  world.broker.refusal = {
    code: "SsemUserErrorKeyVaultBadRequestException",
    reason: "access-policy",
  };
  expect(await world.unlock(stateDir)).toMatchObject({ outcome: "refused" });
  const refused = await world.doctor(stateDir);
  expect(refused).toMatchObject({
    outcome: "refused",
    code: "SsemUserErrorKeyVaultBadRequestException",
    reason: "access-policy",
    nextStep: { who: "security-administrator" },
  });
  expect(exitCodeOf(refused)).toBe(3);
  expect(renderEvent(refused)).toMatch(
    / ✗ last unlock .*refused .* ago; databox-agent unlock asks/,
  );
  world.broker.refusal = undefined;
  expect(await world.unlock(stateDir)).toMatchObject({ outcome: "unlocked" });
  expect(await world.doctor(stateDir)).toMatchObject({ outcome: "healthy" });
});

test("a refusal is shown with its names, and one without them prints no placeholder", async () => {
  const { stateDir } = world.copy();
  const code = "SsemUserErrorEncryptionKeyDisabled";
  const facts = { keyName: "kek", vaultName: "contoso", keyVersion: "0123" };
  deny(world.broker, "/unlocks", code, { facts });
  const refused = await world.unlock(stateDir);
  const { ask, steps } = refused as FailureEvent;
  expect(ask).toContain("kek");
  expect(await world.doctor(stateDir)).toMatchObject({ code, ask, steps });
  // Of an agent that kept the code only.
  const path = join(stateDir, "state.json");
  const { refusal: _refusal, ...state } = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify(state));
  const older = await world.doctor(stateDir);
  expect(older).toMatchObject({ code, steps: [{ command: "databox-agent unlock" }] });
  expect(JSON.stringify([older.nextStep, (older as FailureEvent).steps])).not.toMatch(
    /<[a-zA-Z]+>/,
  );
});

/** How long a doctor waits who is to be told nothing; the checks before have time enough. */
const SILENCE_MS = 3_000;
/** Far above what a busy machine takes. */
const PATIENCE_MS = 300_000;

/**
 * The fault, the check that reports it, its code and reason, and the number of checks that are not
 * reached.
 */
type Fault = {
  readonly cause: (copy: PreparedCopy) => void | Promise<void>;
  readonly check: string;
  readonly code: string;
  readonly reason?: string;
  readonly detail: RegExp;
  readonly exitCode: number;
  readonly notReached: number;
};

const MACHINE_FAULTS: Readonly<Record<string, Fault>> = {
  "a folder that is not there": {
    cause: ({ stateDir }) => {
      rmSync(stateDir, { recursive: true });
    },
    check: "state-folder",
    code: "AgentNotPrepared",
    detail: /does not exist/,
    exitCode: 5,
    notReached: 12,
  },
  "a folder that others may write to": {
    cause: ({ stateDir }) => {
      chmodSync(stateDir, 0o777);
    },
    check: "state-folder",
    code: "AgentStateUnreadable",
    detail: /chmod 700/,
    exitCode: 5,
    notReached: 12,
  },
  "settings that are damaged": {
    cause: ({ stateDir }) => {
      writeFileSync(join(stateDir, "agent.json"), "{", { mode: 0o600 });
    },
    check: "settings",
    code: "AgentStateUnreadable",
    detail: /not JSON/,
    exitCode: 5,
    notReached: 10,
  },
  "a device key that others may read": {
    cause: ({ stateDir }) => {
      chmodSync(join(stateDir, "device-key.pem"), 0o644);
    },
    check: "device-key",
    code: "AgentStateUnreadable",
    detail: /chmod 600/,
    exitCode: 5,
    notReached: 0,
  },
  "an envelope without a signature": {
    cause: ({ stateDir }) => {
      const path = join(stateDir, "envelope.jws");
      writeFileSync(path, `${readFileSync(path, "utf8").trim().slice(0, -4)}AAAA`);
    },
    check: "envelope",
    code: "EnvelopeRejected",
    detail: /not signed by this node's broker/,
    exitCode: 5,
    notReached: 1,
  },
  "an envelope older than the newest one seen": {
    cause: ({ stateDir }) => {
      const path = join(stateDir, "state.json");
      const state = JSON.parse(readFileSync(path, "utf8")) as object;
      writeFileSync(path, JSON.stringify({ ...state, generation: 9 }));
    },
    check: "envelope",
    code: "EnvelopeRejected",
    detail: /expected at least 9/,
    exitCode: 5,
    notReached: 1,
  },
  "a disk that is not connected": {
    cause: ({ volumePath }) => {
      rmSync(volumePath);
    },
    check: "volume",
    code: "VolumeNotFound",
    detail: /volume-/,
    exitCode: 5,
    notReached: 0,
  },
  "a disk whose header was overwritten": {
    cause: ({ volumePath }) => {
      writeFileSync(volumePath, "x".repeat(4096));
    },
    check: "volume",
    code: "VolumeUnavailable",
    detail: /header cannot be read/,
    exitCode: 5,
    notReached: 0,
  },
};

const NETWORK_FAULTS: Readonly<Record<string, Fault>> = {
  "a name that the name server does not know": {
    cause: async (copy) => {
      copy.connect({
        resolveLocalhost: false,
        dnsServer: await answerNothing(),
        brokerUrl: "https://broker.example",
      });
    },
    check: "name",
    code: "BrokerUnreachable",
    reason: "dns",
    detail: /does not resolve \(ENOTFOUND\)/,
    exitCode: 4,
    notReached: 4,
  },
  "a port where no server listens": {
    cause: async (copy) => {
      const port = await listen(() => {});
      for (const clean of cleanups.splice(0)) clean();
      copy.connect({ brokerUrl: `https://broker.localhost:${String(port)}` });
    },
    check: "connection",
    code: "BrokerUnreachable",
    reason: "connection",
    detail: /ECONNREFUSED/,
    exitCode: 4,
    notReached: 3,
  },
  "something that never says a word": {
    cause: async (copy) => {
      const port = await listen(() => {});
      copy.connect({ brokerUrl: `https://broker.localhost:${String(port)}` });
    },
    check: "certificate",
    code: "BrokerUnreachable",
    reason: "timeout",
    detail: /no answer within/,
    exitCode: 4,
    notReached: 2,
  },
  "something that hangs up": {
    cause: async (copy) => {
      const port = await listen((socket) => {
        socket.destroy();
      });
      copy.connect({ brokerUrl: `https://broker.localhost:${String(port)}` });
    },
    check: "certificate",
    code: "BrokerUnreachable",
    reason: "connection",
    detail: /ECONNRESET/,
    exitCode: 4,
    notReached: 2,
  },
  "something that does not speak TLS": {
    cause: async (copy) => {
      const port = await listen((socket) => {
        socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      });
      copy.connect({ brokerUrl: `https://broker.localhost:${String(port)}` });
    },
    check: "certificate",
    code: "BrokerUnreachable",
    reason: "unsigned-answer",
    detail: /does not speak TLS/,
    exitCode: 4,
    notReached: 2,
  },
  "a certificate of an authority that is not trusted": {
    cause: ({ stateDir }) => {
      const { certificatePem } = createCertificateAuthority({
        commonName: "another",
        validityDays: 1,
      });
      writeFileSync(join(stateDir, "broker-ca.pem"), certificatePem);
    },
    check: "certificate",
    code: "BrokerUnreachable",
    reason: "certificate",
    detail: /authority that this node does not trust/,
    exitCode: 4,
    notReached: 2,
  },
  "a certificate for another name": {
    cause: (copy) => {
      copy.connect({ brokerUrl: world.broker.url.replace("broker.", "other.") });
    },
    check: "certificate",
    code: "BrokerUnreachable",
    reason: "certificate",
    detail: /for another name than the broker's/,
    exitCode: 4,
    notReached: 2,
  },
  "a captive portal": {
    cause: () => {
      answerAll(302, "text/html");
    },
    check: "challenge",
    code: "BrokerUnreachable",
    reason: "captive-portal",
    detail: /HTTP 302/,
    exitCode: 4,
    notReached: 1,
  },
  "a proxy that forbids it, which does not count as a refusal": {
    cause: () => {
      answerAll(403, "text/plain");
    },
    check: "challenge",
    code: "BrokerUnreachable",
    reason: "unsigned-answer",
    detail: /HTTP 403 without a signature/,
    exitCode: 4,
    notReached: 1,
  },
  "a broker that is busy": {
    cause: () => {
      answerAll(503, "application/json");
    },
    check: "challenge",
    code: "BrokerBusy",
    detail: /HTTP 503/,
    exitCode: 4,
    notReached: 1,
  },
};

describe.each([
  ["on the machine", MACHINE_FAULTS],
  ["on the way to the broker", NETWORK_FAULTS],
])("a fault %s is found:", (_where, faults) => {
  test.each(Object.entries(faults))("%s", async (_name, fault) => {
    const copy = world.copy();
    await fault.cause(copy);
    const totalTimeoutMs = fault.reason === "timeout" ? SILENCE_MS : PATIENCE_MS;
    const event = await world.doctor(copy.stateDir, { totalTimeoutMs });
    const failed = event.checks?.filter(({ status }) => status === "failed") ?? [];
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({ name: fault.check, error: { code: fault.code } });
    expect(failed[0]?.error?.reason).toBe(fault.reason);
    expect(failed[0]?.error?.detail).toMatch(fault.detail);
    const notReached = event.checks?.filter(({ status }) => status === "not-reached");
    expect(notReached).toHaveLength(fault.notReached);
    expect(event).toMatchObject({ event: "doctor", code: fault.code });
    expect(exitCodeOf(event)).toBe(fault.exitCode);
    const text = renderEvent(event);
    expect(text).toContain(` ✗ ${failed[0]?.title ?? ""} `);
    expect(text.split("\n").at(-1)).toMatch(/^Next: ./);
  });
});

test("a wrong clock is reported and fails nothing", async () => {
  world.broker.intercept = ({ answer }) => ({
    ...answer,
    body: JSON.stringify({
      ...(JSON.parse(answer.body) as object),
      brokerTime: new Date(Date.now() + 3 * 3_600_000).toISOString(),
    }),
  });
  const event = await world.doctor(world.copy().stateDir);
  expect(event.outcome).toBe("healthy");
  expect(event.checks?.find(({ name }) => name === "clock")?.found).toBe(
    "3 h behind the broker's; used for the dates of certificates only",
  );
});

test("proxy variables are named, and their values are never read", async () => {
  const event = await world.doctor(world.copy().stateDir, {
    environmentNames: ["PATH", "https_proxy", "NO_PROXY"],
  });
  expect(event.checks?.find(({ name }) => name === "proxy")?.found).toBe(
    "NO_PROXY, https_proxy are set and ignored; the broker is reached directly",
  );
});

test("it takes no lock and writes nothing", async () => {
  const { stateDir } = world.copy();
  writeFileSync(join(stateDir, "lock"), String(process.pid));
  const before = readFileSync(join(stateDir, "state.json"), "utf8");
  expect((await world.doctor(stateDir)).outcome).toBe("healthy");
  expect(readFileSync(join(stateDir, "state.json"), "utf8")).toBe(before);
});

function answerAll(status: number, mediaType: string): void {
  world.broker.intercept = () => ({ status, headers: { "content-type": mediaType }, body: "" });
}

async function listen(answer: (socket: import("node:net").Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    cleanups.push(() => {
      socket.destroy();
    });
    socket.on("error", () => {});
    answer(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A name server for which no name exists (RFC 1035 §4.1.1: QR, RCODE 3). */
async function answerNothing(): Promise<string> {
  const socket = createSocket("udp4");
  socket.on("message", (question, from) => {
    const answer = Buffer.from(question);
    answer.writeUInt16BE(0x8183, 2);
    socket.send(answer, from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  cleanups.push(() => {
    socket.close();
  });
  return `127.0.0.1:${String(socket.address().port)}`;
}
