import {
  canonicalJson,
  chainHash,
  generateSigningKey,
  messageHash,
  signMessage,
  type SigningKey,
} from "@databox-cmk/crypto";
import { type JournalRow, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { beforeAll, describe, expect, test } from "vitest";

import type { AuditEvent } from "../core/ports.ts";
import { nextAuditRow } from "./audit-row.ts";
import { verifyChain } from "./verify-chain.ts";

const CHAIN =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourcegroups/g/providers/microsoft.databox/jobs/order";
const SERIAL = "DBX-1";
const BOOT = "boot-number-1";
const START_MS = Date.UTC(2026, 10, 25);
const MINUTE_MS = 60_000;

type Event = Omit<AuditEvent, "actor" | "correlationId"> & { readonly atMs?: number };
type Row = Record<string, unknown>;

const { key } = generateSigningKey();
const other = generateSigningKey().key;

/** A node that an honest broker served: prepared, unlocked twice, re-locked, its journal delivered. */
let honest: readonly Row[];
beforeAll(async () => {
  honest = await makeHonest(key);
});

async function makeHonest(by: SigningKey): Promise<readonly Row[]> {
  const events: Event[] = [];
  const journal: JournalRow[] = [];
  let counter = 0;
  let delivered = 0;
  const head = () => journal.at(-1)?.hash ?? "";
  const common = () => ({ order: CHAIN, serial: SERIAL, bootId: BOOT, counter: (counter += 1) });
  const write = (event: string, facts: JournalRow["facts"] = {}) => {
    const sequence = journal.length + 1;
    const at = "2026-11-25T00:00:00.000Z";
    const row = { sequence, at, bootId: BOOT, event, facts, previous: head() };
    journal.push({ ...row, hash: chainHash(row.previous, canonicalJson(row)) });
  };
  const deliver = async () => {
    const claims = journal.slice(delivered);
    delivered = journal.length;
    const page = await signMessage(by, MESSAGE_TYPES.journal, { ...common(), rows: claims });
    events.push({
      action: "journal",
      outcome: "done",
      serial: SERIAL,
      requestHash: messageHash(page),
      signed: page,
      detail: {
        fromSequence: claims[0]?.sequence,
        toSequence: claims.at(-1)?.sequence,
        journalHead: head(),
      },
      claims,
    });
  };
  const unlock = async (purpose: "prepare" | "unlock") => {
    const asked = common();
    const grantHash = messageHash(`grant ${String(asked.counter)}`);
    const leaseId = `00000000-0000-4000-8000-00000000000${String(asked.counter)}`;
    const detail = { purpose, counter: asked.counter, generation: 1, bootId: BOOT };
    const request = await signMessage(by, MESSAGE_TYPES.unlockRequest, {
      ...asked,
      purpose,
      generation: 1,
      nonce: "A".repeat(43),
      env: "00000000-0000-4000-8000-000000000000",
      hpke: { suite: "X-Wing", publicKey: "A".repeat(40) },
      agent: "test/0",
    });
    events.push({
      action: "unlock",
      outcome: "granted",
      serial: SERIAL,
      kid: "https://v/keys/k/1",
      requestHash: messageHash(request),
      signed: request,
      detail: { ...detail, grantHash, leaseId },
    });
    const isFirst = purpose === "prepare";
    write(isFirst ? "formatted" : "unlocked", isFirst ? {} : { grantHash });
    const outcome = isFirst ? "prepared" : "unlocked";
    const report = { ...common(), grantHash, outcome, journalHead: head() };
    const signed = await signMessage(by, MESSAGE_TYPES.receipt, report);
    events.push({
      action: "receipt",
      outcome: "done",
      serial: SERIAL,
      requestHash: messageHash(signed),
      signed,
      detail: { outcome, grantHash, bootId: BOOT, journalHead: head() },
    });
    return leaseId;
  };
  write("enrolled", { order: CHAIN, serial: SERIAL, deviceKey: by.kid, grade: "file" });
  events.push({
    action: "enrol",
    outcome: "done",
    serial: SERIAL,
    deviceKey: by.publicJwk,
    detail: { deviceKid: by.kid },
  });
  await unlock("prepare");
  await deliver();
  await unlock("unlock");
  const lease = await unlock("unlock");
  await deliver();
  write("relocked");
  const report = { ...common(), lease, outcome: "relocked", cause: "order", journalHead: head() };
  const signed = await signMessage(by, MESSAGE_TYPES.leaseReceipt, report);
  events.push({
    action: "lease/relocked",
    outcome: "done",
    serial: SERIAL,
    requestHash: messageHash(signed),
    signed,
    detail: { leaseId: lease, cause: "order", bootId: BOOT, journalHead: head() },
  });
  await deliver();
  events.push({ action: "key/health", outcome: "done", detail: { state: "Healthy" } });
  events.push({ action: "key/health", outcome: "done", atMs: START_MS + 3_600_000 * 24 });
  return events.map(({ atMs, ...event }, index) => ({
    at: new Date(atMs ?? START_MS + index * MINUTE_MS).toISOString(),
    actor: { kind: "device", serial: SERIAL, address: "127.0.0.1" },
    correlationId: "00000000-0000-4000-8000-000000000000",
    ...event,
  }));
}

/** The chain that a party writes that holds the database: every hash and number is right. */
function verify(rows: readonly Row[], devices?: ReadonlyMap<string, string>) {
  let before: ReturnType<typeof nextAuditRow> | undefined;
  const chain = rows.map((row) => {
    const { at, ...event } = row;
    before = nextAuditRow(CHAIN, before, event as AuditEvent, Date.parse(String(at)));
    return before;
  });
  return verifyChain(CHAIN, chain, { devices });
}

const indexesOf = (action: string) =>
  honest.flatMap((row, index) => (row["action"] === action ? [index] : []));
const indexOf = (action: string, which = 0): number => {
  const found = indexesOf(action).at(which);
  if (found === undefined) throw new RangeError(`${action} ${String(which)}`);
  return found;
};
const drop = (...dropped: readonly number[]) =>
  honest.filter((_, index) => !dropped.includes(index));
const change = (position: number, members: Row) =>
  honest.map((row, index) => (index === position ? { ...row, ...members } : row));
const detail = (position: number, members: Row) =>
  change(position, { detail: { ...Object(honest[position]?.["detail"]), ...members } });
const rowAt = (position: number): Row => honest[position] ?? {};
const claimsOf = (position: number) => rowAt(position)["claims"] as JournalRow[];
const withoutSignature = ({ signed: _signed, ...row }: Row) => row;
const insert = (position: number, ...rows: readonly Row[]) => [
  ...honest.slice(0, position),
  ...rows,
  ...honest.slice(position),
];

test("an honest history holds, and all that the device said in it is proven", () => {
  expect(verify(honest)).toMatchObject({
    ok: true,
    receipts: { proven: 4, unproven: 0 },
    devices: { [SERIAL]: key.kid },
    gaps: [],
  });
});

test("a device that was replaced begins again, and both of its keys are named", async () => {
  const at = rowAt(honest.length - 1)["at"];
  const replaced = { ...rowAt(indexOf("key/health")), action: "order/replaceDevice", at };
  const [enrolled = {}] = await makeHonest(other);
  const rows = [...honest, { ...replaced, serial: SERIAL }, { ...enrolled, at }];
  expect(verify(rows)).toMatchObject({
    ok: true,
    devices: { [SERIAL]: `${key.kid} ${other.kid}` },
  });
});

describe("a history that was written again with good hashes is found out", () => {
  test.each<readonly [string, () => readonly Row[], string]>([
    ["all signatures stripped", () => honest.map(withoutSignature), "unsigned"],
    [
      "another purpose than the device asked for",
      () => detail(indexOf("unlock", 1), { purpose: "ingest" }),
      "not-said-by-device",
    ],
    [
      "a refusal of a request that the device never made",
      () =>
        change(indexOf("unlock", 1), {
          outcome: "refused",
          code: "UnlockRevoked",
          signed: rowAt(indexOf("receipt"))["signed"],
        }),
      "not-said-by-device",
    ],
    [
      "signatures and journal heads stripped",
      () =>
        honest.map((row) => {
          const { journalHead: _head, ...rest } = Object(row["detail"]) as Row;
          return row["claims"] === undefined ? { ...withoutSignature(row), detail: rest } : row;
        }),
      "unsigned",
    ],
    ["the row of a grant removed", () => drop(indexOf("unlock", 1)), "no-grant"],
    [
      "the receipt of the preparation in the place of another",
      () => change(indexOf("receipt", 1), rowAt(indexOf("receipt"))),
      "repeated",
    ],
    [
      "one receipt twice",
      () => insert(indexOf("receipt", 1), rowAt(indexOf("receipt"))),
      "repeated",
    ],
    [
      "a refusal made a grant",
      () => detail(indexOf("unlock", 1), { grantHash: undefined }),
      "no-grant",
    ],
    ["a grant twice", () => insert(indexOf("receipt"), rowAt(indexOf("unlock"))), "no-grant"],
    [
      "a grant for an older request",
      () => detail(indexOf("unlock", 2), { counter: 1 }),
      "repeated",
    ],
    [
      "a grant for a request with another counter",
      () => detail(indexOf("unlock"), { counter: 3 }),
      "not-said-by-device",
    ],
    [
      "a second key enrolled",
      () =>
        insert(indexOf("receipt"), {
          ...rowAt(indexOf("enrol")),
          deviceKey: other.publicJwk,
          detail: { deviceKid: other.kid },
        }),
      "other-device-key",
    ],
    [
      "an enrolment whose thumbprint is another",
      () => detail(indexOf("enrol"), { deviceKid: other.kid }),
      "other-device-key",
    ],
    [
      "another key than the device's own journal names",
      () =>
        change(indexOf("enrol"), { deviceKey: other.publicJwk, detail: { deviceKid: other.kid } }),
      "not-said-by-device",
    ],
    [
      "a claim of the journal changed",
      () => {
        const position = indexOf("journal");
        const [first, ...rest] = claimsOf(position);
        return change(position, { claims: [{ ...first, event: "unlocked" }, ...rest] });
      },
      "journal-broken",
    ],
    ["a delivery of the journal removed", () => drop(indexOf("journal", 1)), "journal-broken"],
    [
      "the journal's last claim removed",
      () => {
        const position = indexOf("journal", 1);
        return change(position, { claims: claimsOf(position).slice(0, -1) });
      },
      "journal-broken",
    ],
    [
      "a lease closed that was never granted",
      () => drop(indexOf("unlock", 2), indexOf("receipt", 2)),
      "no-grant",
    ],
  ])("%s", (_name, manipulate, fault) => {
    expect(verify(manipulate())).toMatchObject({ ok: false, fault });
  });

  test.each<readonly [string, () => readonly Row[], string]>([
    [
      "the key of the enrolment removed",
      () => change(indexOf("enrol"), { deviceKey: undefined }),
      "no-proof",
    ],
    ["the enrolment removed", () => drop(indexOf("enrol")), "no-proof"],
    [
      "the signature of one request stripped",
      () =>
        honest.map((row, index) => (index === indexOf("unlock", 1) ? withoutSignature(row) : row)),
      "request-unsigned",
    ],
    ["a receipt removed", () => drop(indexOf("receipt", 1)), "no-receipt"],
    ["the last receipt removed", () => drop(indexOf("receipt", 2)), "no-receipt"],
    [
      "a grant moved a month back",
      () => change(indexOf("unlock", 1), { at: new Date(START_MS - 2_592_000_000).toISOString() }),
      "time-goes-back",
    ],
    [
      "the last delivery of the journal removed",
      () => drop(indexOf("journal", -1)),
      "journal-missing",
    ],
    [
      "an opening and its receipt removed",
      () => drop(indexOf("unlock", 1), indexOf("receipt", 1)),
      "grant-not-in-chain",
    ],
  ])("%s: it no longer proves everything", (_name, manipulate, gap) => {
    expect(verify(manipulate())).toMatchObject({
      ok: true,
      gaps: expect.arrayContaining([expect.objectContaining({ gap })]) as unknown,
    });
  });

  test("the whole device, by a key that the auditor did not note", async () => {
    const forged = await makeHonest(other);
    expect(verify(forged)).toMatchObject({ ok: true, gaps: [] });
    const noted = new Map([[SERIAL, key.kid]]);
    expect(verify(honest, noted)).toMatchObject({ ok: true });
    expect(verify(forged, noted)).toMatchObject({ ok: false, fault: "other-device-key" });
    expect(verify(honest.slice(-1), noted)).toMatchObject({ ok: false, fault: "other-device-key" });
  });
});

test("a head of the chain that the device was told must still be there", () => {
  const { at, ...first } = rowAt(0);
  const { hash } = nextAuditRow(CHAIN, undefined, first as AuditEvent, Date.parse(String(at)));
  const before = claimsOf(indexOf("journal", -1)).at(-1);
  const told = (auditHash: string) => {
    const row = {
      sequence: (before?.sequence ?? 0) + 1,
      at: "2026-11-25T00:00:00.000Z",
      bootId: BOOT,
      event: "acknowledged",
      facts: { auditSequence: 1, auditHash },
      previous: before?.hash ?? "",
    };
    const claim = { ...row, hash: chainHash(row.previous, canonicalJson(row)) };
    const { sequence } = row;
    const facts = { fromSequence: sequence, toSequence: sequence, journalHead: claim.hash };
    const delivery = withoutSignature(rowAt(indexOf("journal", -1)));
    return verify([
      ...honest,
      { ...delivery, detail: facts, claims: [claim], at: rowAt(honest.length - 1)["at"] },
    ]);
  };
  expect(told(hash)).toMatchObject({ ok: true, gaps: [] });
  expect(told(messageHash("another"))).toMatchObject({
    ok: true,
    gaps: [{ gap: "not-as-acknowledged" }],
  });
});

test("a receipt or a journal within the hour, and the answer to a carried request, may still come", () => {
  expect(verify(honest.slice(0, indexOf("receipt", 1)))).toMatchObject({ ok: true, gaps: [] });
  expect(verify(honest.slice(0, indexOf("receipt", 1) + 1))).toMatchObject({ ok: true, gaps: [] });
  const carried = honest
    .slice(0, indexOf("unlock", 1))
    .map((row) => (row["action"] === "unlock" ? withoutSignature(row) : row))
    .concat(
      { ...withoutSignature(rowAt(indexOf("unlock", 1))), action: "offline-unlock" },
      rowAt(honest.length - 1),
    );
  expect(verify(carried)).toMatchObject({ ok: true, gaps: [] });
});
