import { importVerifyKey, messageHash, readHeader, verifyMessage } from "@databox-cmk/crypto";
import {
  BROKER_ANSWER_MAX_BYTES,
  DEVICE_ROUTES,
  grant,
  JOSE_MEDIA_TYPE,
  leasePath,
  type LeaseRenewal,
  MESSAGE_TYPES,
  renewedLease,
} from "@databox-cmk/protocol";
import type { DeviceClient, PreparedUnlock, Transport } from "@databox-cmk/testkit";

/** How long an agent waits for an answer. */
export const ANSWER_TIMEOUT_MS = 20_000;
const BOOT_ID = "00000000-0000-4000-8000-000000000001";

/**
 * A signed message that the adversary has seen, and may send to whomever, as often as they like.
 */
export type Message = {
  readonly text: string;
  readonly kind: "unlock" | "renewal";
  /** The destination that its sender intended. */
  readonly path: string;
  readonly nonce?: string;
  readonly madeAtMs: number;
};
export type Captured = { readonly typ: string; readonly text: string };

/**
 * An honest appliance: its last request, and its state. It trusts only the broker's signature and
 * its own request.
 */
export type Site = {
  readonly device: DeviceClient;
  asked?: { readonly prepared: PreparedUnlock; readonly atMs: number };
  renewing?: { readonly hash: string; readonly atMs: number };
  held?: { lease: string; sequence: number; openUntilMs: number };
};

export const isOpen = ({ held }: Site, nowMs: number): boolean =>
  held !== undefined && nowMs <= held.openUntilMs;

export async function send({ text }: Message, path: string, to: Transport): Promise<Captured> {
  const answer = await to.send("POST", path, {
    headers: { "content-type": JOSE_MEDIA_TYPE },
    body: text,
  });
  return { typ: readHeader(answer.text, BROKER_ANSWER_MAX_BYTES).typ, text: answer.text };
}

/** @param nonce - absent: a fresh challenge */
export async function askUnlock(site: Site, nowMs: number, nonce?: string): Promise<Message> {
  const prepared = await site.device.prepareUnlock("unlock", {}, nonce);
  if (nonce === undefined) site.asked = { prepared, atMs: nowMs };
  return {
    text: prepared.text,
    kind: "unlock",
    path: DEVICE_ROUTES.unlocks,
    nonce: prepared.request.nonce,
    madeAtMs: nowMs,
  };
}

/** @param change - what a clone of an older state would sign */
export async function askRenewal(
  site: Site,
  nowMs: number,
  change: Partial<LeaseRenewal> = {},
): Promise<Message | undefined> {
  const { device, held } = site;
  if (held === undefined) return undefined;
  const isHonest = Object.keys(change).length === 0;
  if (isHonest) device.counter += 1;
  const text = await device.sign(MESSAGE_TYPES.leaseRenewal, {
    lease: held.lease,
    order: device.order,
    serial: device.serial,
    bootId: BOOT_ID,
    counter: device.counter,
    sequence: held.sequence,
    state: "unlocked",
    journalHead: messageHash("journal"),
    ...change,
  } satisfies LeaseRenewal);
  if (isHonest) site.renewing = { hash: messageHash(text), atMs: nowMs };
  return { text, kind: "renewal", path: leasePath("renewals", held.lease), madeAtMs: nowMs };
}

/**
 * An answer reaches an appliance, whosever it was.
 *
 * @returns the content key that it opened, if it did
 */
export async function hand(
  site: Site,
  { typ, text }: Captured,
  nowMs: number,
): Promise<Uint8Array | undefined> {
  const { device, asked, renewing, held } = site;
  const key = importVerifyKey(device.brokerKeys[0]);
  const value = verifyMessage(text, key, typ, BROKER_ANSWER_MAX_BYTES);
  if (typ === MESSAGE_TYPES.grant) {
    const given = grant.parse(value);
    if (asked === undefined || nowMs - asked.atMs > ANSWER_TIMEOUT_MS) return undefined;
    if (given.requestHash !== messageHash(asked.prepared.text)) return undefined;
    delete site.asked;
    const { id, sequence, ttlSeconds, outageGraceSeconds } = given.lease;
    const openUntilMs = nowMs + Math.max(ttlSeconds, outageGraceSeconds) * 1000;
    site.held = { lease: id, sequence, openUntilMs };
    return device.open(given, asked.prepared);
  }
  if (renewing === undefined || value["requestHash"] !== renewing.hash || held === undefined)
    return undefined;
  if (typ === MESSAGE_TYPES.relock) delete site.held;
  if (typ !== MESSAGE_TYPES.lease || nowMs - renewing.atMs > ANSWER_TIMEOUT_MS) return undefined;
  const { lease } = renewedLease.parse(value);
  if (lease.id !== held.lease || lease.sequence <= held.sequence) return undefined;
  held.sequence = lease.sequence;
  // From the question on, as the agent counts.
  held.openUntilMs = renewing.atMs + Math.max(lease.ttlSeconds, lease.outageGraceSeconds) * 1000;
  return undefined;
}
