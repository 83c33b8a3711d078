import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { LookupFunction } from "node:net";
import { text } from "node:stream/consumers";

import {
  chainHash,
  decodeBase64url,
  encodeBase64url,
  generateSigningKey,
  importSigningKey,
  importVerifyKey,
  messageHash,
  readHeader,
  seal,
  signMessage,
  unlockInfo,
  verifyMessage,
  type VerifyKey,
} from "@databox-cmk/crypto";
import { DEVICE_ROUTES, leaseRenewal, MESSAGE_TYPES, unlockRequest } from "@databox-cmk/protocol";
import Database from "better-sqlite3";
import { Agent } from "undici";
import * as z from "zod";

import { readJob, serveParent } from "./child.ts";
import { stubWrap, VERSIONS } from "./stub-wrapping.ts";

/**
 * The indispensable work of an unlock, and nothing around it: read and verify the message, one call
 * of the vault, seal, sign, one audit row in a shared durable commit, answer. It uses the broker's
 * libraries, but undici alone instead of Azure's SDK. Of a renewal: verify, one conditional write
 * in a shared durable commit, sign.
 */
const job = readJob(
  z.object({
    certificateFile: z.string(),
    keyFile: z.string(),
    databaseFile: z.string(),
    fleetFile: z.string(),
    vaultUrl: z.string(),
    vaultCaFile: z.string(),
  }),
);

const devices = new Map<string, VerifyKey>();
const fleet = z
  .array(z.object({ privatePem: z.string(), lease: z.string() }))
  .parse(JSON.parse(readFileSync(job.fleetFile, "utf8")));
for (const { privatePem } of fleet) {
  const key = importVerifyKey(importSigningKey(privatePem).publicJwk);
  devices.set(key.kid, key);
}
const { key: signing } = generateSigningKey();
const KEY_PATH = `/keys/kek/${VERSIONS.first}`;
const kid = `${job.vaultUrl}${KEY_PATH}`;
const wrapped = stubWrap(VERSIONS.first, new Uint8Array(32).fill(7));
const ca = readFileSync(job.vaultCaFile, "utf8");
/** Not every system knows `*.localhost`. */
const lookup: LookupFunction = (_hostname, _options, callback) => {
  callback(null, [{ address: "127.0.0.1", family: 4 }]);
};
const vault = new Agent({ connections: 64, allowH2: false, connect: { ca, lookup } });

const database = new Database(job.databaseFile);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec("create table audit (sequence integer primary key, row text, hash text) strict");
const insert = database.prepare("insert into audit (row, hash) values (?, ?)");
database.exec(
  "create table leases (id text primary key, sequence integer, counter integer) strict",
);
const insertLease = database.prepare("insert into leases values (?, 0, 0)");
database.transaction(() => {
  for (const { lease } of fleet) insertLease.run(lease);
})();
const move = database.prepare(
  "update leases set sequence = ?, counter = ? where id = ? and sequence = ? and counter < ?",
);
let head = "";
let waiting: (() => () => void)[] = [];

const server = createServer(
  { cert: readFileSync(job.certificateFile), key: readFileSync(job.keyFile) },
  (request, response) => {
    void serve(request, response);
  },
);
server.listen(0, "127.0.0.1", () => {
  serveParent(z.object({ port: z.number() }).parse(server.address()), () => ({}));
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const { url = "" } = request;
  const answer =
    url === DEVICE_ROUTES.unlocks
      ? await unlock(body)
      : url === DEVICE_ROUTES.challenges
        ? challenge()
        : await renew(body);
  response.setHeader("content-type", "application/jose");
  response.setHeader("content-length", answer.length);
  response.end(answer);
}

function challenge(): string {
  const nonce = "A".repeat(96);
  return JSON.stringify({ nonce, expiresInSeconds: 120, brokerTime: new Date().toISOString() });
}

function keyOf(message: string): VerifyKey {
  const key = devices.get(readHeader(message).kid);
  if (key === undefined) throw new TypeError("not of this fleet");
  return key;
}

async function renew(message: string): Promise<string> {
  const { lease, order, serial, sequence, counter } = leaseRenewal.parse(
    verifyMessage(message, keyOf(message), MESSAGE_TYPES.leaseRenewal),
  );
  const next = sequence + 1;
  const answer = await signMessage(signing, MESSAGE_TYPES.lease, {
    requestHash: messageHash(message),
    order,
    serial,
    lease: { id: lease, ttlSeconds: 60, outageGraceSeconds: 86_400, sequence: next },
  });
  const { changes } = await commit(() => move.run(next, counter, lease, sequence, counter));
  if (changes !== 1) throw new RangeError("the lease is not at this step");
  return answer;
}

async function unlock(message: string): Promise<string> {
  const key = keyOf(message);
  const { hpke, order, serial } = unlockRequest.parse(
    verifyMessage(message, key, MESSAGE_TYPES.unlockRequest),
  );
  const requestHash = messageHash(message);
  const contentKey = await unwrap();
  const publicKey = decodeBase64url(hpke.publicKey, "key");
  const { enc, ciphertext } = await seal(
    hpke.suite,
    publicKey,
    unlockInfo(requestHash),
    contentKey,
  );
  const sealed = { enc: encodeBase64url(enc), ciphertext: encodeBase64url(ciphertext) };
  const answer = await signMessage(signing, MESSAGE_TYPES.grant, {
    requestHash,
    order,
    serial,
    sealed,
    kid,
  });
  const row = JSON.stringify({ order, serial, requestHash, grantHash: messageHash(answer), kid });
  await commit(() => {
    head = chainHash(head, row);
    return insert.run(row, head);
  });
  return answer;
}

/** All writes that wait share one commit. */
function commit<Result>(write: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    waiting.push(() => {
      const result = write();
      return () => resolve(result);
    });
    if (waiting.length === 1) setImmediate(flush);
  });
}

function flush(): void {
  const batch = waiting;
  waiting = [];
  database.exec("begin immediate");
  const answers = batch.map((write) => write());
  database.exec("commit");
  for (const answer of answers) answer();
}

async function unwrap(): Promise<Uint8Array> {
  const body = JSON.stringify({ alg: "RSA-OAEP-256", value: encodeBase64url(wrapped) });
  const answer = await vault.request({
    origin: job.vaultUrl,
    path: `${KEY_PATH}/unwrapkey?api-version=7.6`,
    method: "POST",
    headers: { authorization: "Bearer stub", "content-type": "application/json" },
    body,
  });
  const { value } = z.object({ value: z.string() }).parse(await answer.body.json());
  return decodeBase64url(value, "value");
}
