import type { KeyObject } from "node:crypto";

import {
  checkNonce,
  CryptoError,
  importVerifyKey,
  messageHash,
  readHeader,
  verifyMessage,
} from "@databox-cmk/crypto";
import { type ErrorCode, explain } from "@databox-cmk/errors";
import {
  brokerKeysRequest,
  challengeRequest,
  DEVICE_ROUTES,
  enrolmentRequest,
  erasureRequest,
  journalDelivery,
  leaseReceipt,
  leaseRenewal,
  leaseWatch,
  MESSAGE_TYPES,
  receipt,
  rekeyConfirmation,
  rekeyRequest,
  sanitisation,
  unlockRequest,
} from "@databox-cmk/protocol";
import type {
  AskedPurpose,
  BrokerKeysRequest,
  LeaseReceipt,
  LeaseRenewal,
  LeaseWatch,
  MessageType,
  Pending,
  Receipt,
  RekeyRequest,
  UnlockRequest,
} from "@databox-cmk/protocol";

import type { createFakeApprovals } from "./fake-approvals.ts";
import { enrolDeviceKey, type FakeNode } from "./fake-broker-node.ts";

type Decided =
  | { readonly kind: "unsigned"; readonly status: number; readonly code: ErrorCode }
  | { readonly kind: "challenge"; readonly serial: string }
  | {
      readonly kind: "denial";
      readonly status: number;
      readonly code: ErrorCode;
      readonly reason: string | undefined;
    }
  | {
      readonly kind: "enrolment" | "erasurePermit" | "sanitised" | "journal";
      readonly node: FakeNode;
    }
  | { readonly kind: "grant"; readonly node: FakeNode; readonly request: UnlockRequest }
  | { readonly kind: "pending"; readonly approval: Pending["approval"] }
  | { readonly kind: "rekeyProposal"; readonly node: FakeNode; readonly request: RekeyRequest }
  | { readonly kind: "rekeyed"; readonly node: FakeNode; readonly rekey: string }
  | { readonly kind: "acknowledgement"; readonly receipt: Receipt }
  | { readonly kind: "renewal"; readonly node: FakeNode; readonly renewal: LeaseRenewal }
  | { readonly kind: "watch"; readonly node: FakeNode; readonly watch: LeaseWatch }
  | { readonly kind: "leaseReceipt"; readonly receipt: LeaseReceipt }
  | { readonly kind: "brokerKeys"; readonly node: FakeNode; readonly request: BrokerKeysRequest };
export type FakeDecision = Decided & { readonly requestHash: string };

export type FakeWorld = {
  readonly nodes: ReadonlyMap<string, FakeNode>;
  readonly nonceKey: KeyObject;
  readonly nowMs: number;
  readonly refusal: { readonly code: ErrorCode; readonly reason?: string | undefined } | undefined;
  readonly stagePurpose: AskedPurpose | undefined;
  readonly approvals: ReturnType<typeof createFakeApprovals>;
  readonly expire: () => boolean;
};

/** A check has failed. */
class Denied extends Error {
  readonly code: ErrorCode;
  readonly reason: string | undefined;

  constructor(code: ErrorCode, reason?: string) {
    super(code);
    this.code = code;
    this.reason = reason;
  }
}

/**
 * The checks of the device protocol in their order: signature, nonce, counter, then the vault's
 * answer.
 */
export function decideFakeAnswer(path: string, text: string, world: FakeWorld): FakeDecision {
  return { ...decide(path, text, world), requestHash: messageHash(text) };
}

function decide(path: string, text: string, world: FakeWorld): Decided {
  try {
    const answer = DECISIONS[path.replace(/(?<=\/leases\/)[^/]+/u, ":lease")];
    return answer?.(text, world) ?? { kind: "unsigned", status: 404, code: "NotFound" };
  } catch (error) {
    const { code, reason } = error instanceof Denied ? error : new Denied("DeviceMessageMalformed");
    return { kind: "denial", status: explain(code, { reason }).httpStatus, code, reason };
  }
}

const DECISIONS: Readonly<Record<string, (text: string, world: FakeWorld) => Decided>> = {
  [DEVICE_ROUTES.challenges]: (text) => ({
    kind: "challenge",
    serial: challengeRequest.parse(JSON.parse(text)).serial,
  }),
  [DEVICE_ROUTES.enrolments]: decideEnrolment,
  [DEVICE_ROUTES.unlocks]: decideUnlock,
  [DEVICE_ROUTES.receipts]: (text, world) => ({
    kind: "acknowledgement",
    receipt: readNext(text, world, MESSAGE_TYPES.receipt, receipt).value,
  }),
  [DEVICE_ROUTES.rekeys](text, world) {
    const { rekeyRequest: typ } = MESSAGE_TYPES;
    const { node, value: request } = readNext(text, world, typ, rekeyRequest);
    if (request.env !== node.env) throw new Denied("EnvelopeMismatch");
    askVault(world);
    return { kind: "rekeyProposal", node, request };
  },
  [DEVICE_ROUTES.rekeyConfirmations](text, world) {
    const { rekeyConfirmation: typ } = MESSAGE_TYPES;
    const { node, value } = readNext(text, world, typ, rekeyConfirmation);
    return { kind: "rekeyed", node, rekey: value.rekey };
  },
  [DEVICE_ROUTES.erasures](text, world) {
    const { node } = readNext(text, world, MESSAGE_TYPES.erasureRequest, erasureRequest);
    askVault(world);
    return { kind: "erasurePermit", node };
  },
  [DEVICE_ROUTES.sanitisations](text, world) {
    const { node } = read(text, world, MESSAGE_TYPES.sanitisation, sanitisation);
    node.certificate ??= text;
    if (node.certificate !== text) throw new Denied("NodeErased");
    return { kind: "sanitised", node };
  },
  [DEVICE_ROUTES.journal]: takeJournal,
  [DEVICE_ROUTES.renewals](text, world) {
    const { node, value } = read(text, world, MESSAGE_TYPES.leaseRenewal, leaseRenewal);
    return { kind: "renewal", node, renewal: value };
  },
  [DEVICE_ROUTES.leaseEvents](text, world) {
    const { node, value } = read(text, world, MESSAGE_TYPES.leaseWatch, leaseWatch);
    return { kind: "watch", node, watch: value };
  },
  [DEVICE_ROUTES.leaseReceipts]: (text, world) => ({
    kind: "leaseReceipt",
    receipt: read(text, world, MESSAGE_TYPES.leaseReceipt, leaseReceipt).value,
  }),
  [DEVICE_ROUTES.brokerKeys](text, world) {
    const { node, value } = read(text, world, MESSAGE_TYPES.brokerKeysRequest, brokerKeysRequest);
    return { kind: "brokerKeys", node, request: value };
  },
};

type Schema<Value> = { parse(value: unknown): Value };

/** A signed message of an enrolled node. */
function read<Value>(
  text: string,
  { nodes }: Pick<FakeWorld, "nodes">,
  typ: MessageType,
  schema: Schema<Value>,
): { readonly node: FakeNode; readonly value: Value } {
  const { node, payload } = authenticate(text, nodes, typ);
  if (node === undefined) throw new Denied("DeviceNotAuthenticated");
  return { node, value: schema.parse(payload) };
}

/** The same with a counter that was never used. */
function readNext<Value extends { readonly counter: number }>(
  ...[text, world, typ, schema]: [string, FakeWorld, MessageType, Schema<Value>]
): { readonly node: FakeNode; readonly value: Value } {
  const { node, value } = read(text, world, typ, schema);
  raiseCounter(node, value.counter);
  return { node, value };
}

function raiseCounter(node: Pick<FakeNode, "counter">, counter: number): void {
  if (counter <= node.counter) throw new Denied("CounterRollback");
  node.counter = counter;
}

/** The answer of the "vault". */
function askVault({ refusal }: Pick<FakeWorld, "refusal">): void {
  if (refusal !== undefined) throw new Denied(refusal.code, refusal.reason);
}

/** Stored rows are recognised; a missing row is a gap. */
function takeJournal(text: string, world: Pick<FakeWorld, "nodes">): Decided {
  const { node, value } = read(text, world, MESSAGE_TYPES.journal, journalDelivery);
  const { journal } = node;
  const forked = value.rows.some(
    ({ sequence, hash }) => (journal[sequence - 1]?.hash ?? hash) !== hash,
  );
  if (forked) throw new Denied("JournalBroken", "fork");
  const news = value.rows.filter(({ sequence }) => sequence > journal.length);
  if ((news[0]?.sequence ?? journal.length + 1) !== journal.length + 1)
    throw new Denied("JournalBroken", "gap");
  if (news[0] !== undefined && news[0].previous !== (journal.at(-1)?.hash ?? ""))
    throw new Denied("JournalBroken", "fork");
  journal.push(...news);
  return { kind: "journal", node };
}

function decideEnrolment(text: string, { nodes }: Pick<FakeWorld, "nodes">): Decided {
  const encoded = text.split(".")[1] ?? "";
  const claimed = enrolmentRequest.parse(JSON.parse(Buffer.from(encoded, "base64url").toString()));
  const key = importVerifyKey(claimed.publicKey);
  const request = enrolmentRequest.parse(verifyMessage(text, key, MESSAGE_TYPES.enrolmentRequest));
  const node = nodes.get(request.serial);
  if (node?.order !== request.order || node.enrolmentCode !== request.code)
    throw new Denied("EnrolmentCodeInvalid");
  if (!enrolDeviceKey(node, request.publicKey)) throw new Denied("EnrolmentConflict");
  return { kind: "enrolment", node };
}

function decideUnlock(text: string, world: FakeWorld): Decided {
  const { unlockRequest: typ } = MESSAGE_TYPES;
  const { node, value: request } = read(text, world, typ, unlockRequest);
  const { serial } = node;
  const requestHash = messageHash(text);
  // Nonce and counter were used up for this exact request when it was put before the approvers.
  if (world.approvals.requests.has(requestHash))
    return decideRelease(node, request, requestHash, world);
  const nonce = world.expire()
    ? "expired"
    : checkNonce(world.nonceKey, request.nonce, { serial, nowMs: world.nowMs });
  if (nonce !== "valid") throw new Denied(nonce === "expired" ? "NonceExpired" : "NonceInvalid");
  raiseCounter(node, request.counter);
  if (request.order !== node.order || request.serial !== serial) throw new Denied("OrderMismatch");
  if (request.env !== node.env) throw new Denied("EnvelopeMismatch");
  if (request.generation > node.generation) throw new Denied("GenerationRollback");
  return decideRelease(node, request, requestHash, world);
}

/** The approvers' decision, then the "vault". */
function decideRelease(
  node: FakeNode,
  request: UnlockRequest,
  requestHash: string,
  world: Pick<FakeWorld, "approvals" | "stagePurpose" | "refusal">,
): Decided {
  const { approvals, stagePurpose } = world;
  const { serial, reason, purpose } = request;
  if (purpose !== "prepare") {
    if (purpose !== (stagePurpose ?? purpose)) throw new Denied("PurposeForbidden", stagePurpose);
    const answer = approvals.answer({ requestHash, serial, reason });
    if (answer.kind === "deny") throw new Denied(answer.code, answer.reason);
    if (answer.kind === "pending") return { kind: "pending", approval: answer.approval };
  }
  askVault(world);
  approvals.useUp(requestHash);
  return { kind: "grant", node, request };
}

export function authenticate(
  text: string,
  nodes: FakeWorld["nodes"],
  typ: string,
): { readonly node: FakeNode | undefined; readonly payload: unknown } {
  const { kid } = readHeader(text);
  const node = Array.from(nodes.values()).find(({ deviceKey }) => deviceKey?.kid === kid);
  if (node?.deviceKey === undefined) return { node: undefined, payload: undefined };
  try {
    return { node, payload: verifyMessage(text, node.deviceKey, typ) };
  } catch (error) {
    if (error instanceof CryptoError) return { node: undefined, payload: undefined };
    throw error;
  }
}
