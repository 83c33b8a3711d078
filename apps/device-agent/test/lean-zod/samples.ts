import type { SchemaName } from "./schemas.ts";

const UUID = "3f0c3a52-5d0b-4a53-8d0e-6b6f0b7c1e11";
const HASH = "A".repeat(43);
const ORDER =
  "/subscriptions/00000000-0000-4000-8000-000000000000/resourcegroups/demo/providers/microsoft.databox/jobs/order-1";
const KEY = { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) };
const NOW = "2026-11-25T01:02:03.456Z";
const BOOT = "boot-number-1";
const JWS = "aaa.bbb.ccc";

/** One good value of each kind, with every optional member. */
export const SAMPLES: Readonly<Record<SchemaName, unknown>> = {
  challenge: { nonce: "abc_-", expiresInSeconds: 60, brokerTime: NOW },
  enrolment: {
    requestHash: HASH,
    order: ORDER,
    serial: "DBX-1",
    brokerKeys: [KEY, KEY],
    envelope: JWS,
    passkeyOrigin: "generated",
  },
  signedEnvelope: { env: UUID, generation: 2, jwe: { protected: "p", recipients: [{ a: 1 }] } },
  grant: {
    requestHash: HASH,
    order: ORDER,
    serial: "DBX-1",
    sealed: { enc: "abc", ciphertext: "def" },
    lease: { id: UUID, ttlSeconds: 60, outageGraceSeconds: 86_400, sequence: 0 },
    kid: "https://v.vault.localhost:8443/keys/k/1",
    correlationId: UUID,
    envelope: JWS,
  },
  denial: {
    requestHash: HASH,
    code: "Code",
    reason: "reason",
    class: "refused",
    who: "nobody",
    title: "t",
    message: "m",
    ask: "a",
    steps: [{ text: "one", command: "two" }, { text: "three" }],
    correlationId: UUID,
    vaultRequestId: "r",
    retryAfterSeconds: 1,
  },
  pending: { requestHash: HASH, retryAfterSeconds: 5, correlationId: UUID },
  acknowledgement: { requestHash: HASH },
  brokerKeysAnswer: {
    requestHash: HASH,
    order: ORDER,
    serial: "DBX-1",
    brokerKeys: [KEY, KEY],
    envelope: JWS,
  },
  unlockRequest: {
    nonce: "abc",
    order: ORDER,
    serial: "DBX-1",
    env: UUID,
    generation: 1,
    purpose: "unlock",
    bootId: BOOT,
    counter: 1,
    hpke: { suite: "X-Wing", publicKey: "abc" },
    agent: "databox-agent/0",
  },
  receipt: {
    grantHash: HASH,
    order: ORDER,
    serial: "DBX-1",
    outcome: "failed",
    code: "VolumeRejectedKey",
    bootId: BOOT,
    counter: 3,
    journalHead: HASH,
  },
  machineState: {
    version: 1,
    counter: 0,
    generation: 0,
    preparation: { step: "prepared", volumeId: UUID },
    lock: { kind: "unlocked", since: NOW, bootId: BOOT, mapping: "databox-1" },
    journalHead: HASH,
  },
  settings: {
    version: 1,
    connection: {
      brokerUrl: "https://broker.localhost:8444",
      certificateAuthorityFile: "/ca.pem",
      dnsServer: "127.0.0.1:53",
      resolveLocalhost: true,
    },
    order: ORDER,
    serial: "DBX-1",
    volume: { kind: "luks2", path: "/dev/x" },
    env: UUID,
    suite: "X-Wing",
    brokerKeys: [KEY],
    passkeyOrigin: "customer",
    bootIdFile: "/boot-id",
  },
  journalRow: {
    sequence: 1,
    at: NOW,
    bootId: BOOT,
    event: "unlocked",
    facts: { a: "text", b: 1.5, c: true },
    afterTornLine: true,
    previous: "",
    hash: HASH,
  },
};
