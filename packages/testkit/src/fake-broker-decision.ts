import type { KeyObject } from "node:crypto";

import {
  checkNonce,
  CryptoError,
  importVerifyKey,
  messageHash,
  readHeader,
  verifyMessage,
} from "@databox-cmk/crypto";
import { explain } from "@databox-cmk/errors";
import type { ErrorCode } from "@databox-cmk/errors";
import {
  challengeRequest,
  DEVICE_ROUTES,
  enrolmentRequest,
  erasureRequest,
  journalDelivery,
  MESSAGE_TYPES,
  receipt,
  rekeyConfirmation,
  rekeyRequest,
  sanitisation,
  unlockRequest,
} from "@databox-cmk/protocol";
import type {
  AskedPurpose,
  Pending,
  Receipt,
  RekeyRequest,
  UnlockRequest,
} from "@databox-cmk/protocol";

import type { createFakeApprovals } from "./fake-approvals.ts";
import { enrolDeviceKey } from "./fake-broker-node.ts";
import type { FakeNode } from "./fake-broker-node.ts";

export type FakeDecision =
  | { readonly kind: "unsigned"; readonly status: number; readonly code: ErrorCode }
  | { readonly kind: "challenge"; readonly serial: string }
  | {
      readonly kind: "denial";
      readonly status: number;
      readonly code: ErrorCode;
      readonly reason: string | undefined;
      readonly requestHash: string;
    }
  | { readonly kind: "enrolment"; readonly node: FakeNode; readonly requestHash: string }
  | {
      readonly kind: "grant";
      readonly node: FakeNode;
      readonly request: UnlockRequest;
      readonly requestHash: string;
    }
  | {
      readonly kind: "pending";
      readonly approval: Pending["approval"];
      readonly requestHash: string;
    }
  | {
      readonly kind: "rekeyProposal";
      readonly node: FakeNode;
      readonly request: RekeyRequest;
      readonly requestHash: string;
    }
  | {
      readonly kind: "rekeyed";
      readonly node: FakeNode;
      readonly rekey: string;
      readonly requestHash: string;
    }
  | {
      readonly kind: "erasurePermit" | "sanitised";
      readonly node: FakeNode;
      readonly requestHash: string;
    }
  | { readonly kind: "journal"; readonly node: FakeNode; readonly requestHash: string }
  | { readonly kind: "acknowledgement"; readonly receipt: Receipt; readonly requestHash: string };

export type FakeWorld = {
  readonly nodes: ReadonlyMap<string, FakeNode>;
  readonly nonceKey: KeyObject;
  readonly nowMs: number;
  readonly refusal: { readonly code: ErrorCode; readonly reason?: string | undefined } | undefined;
  readonly stagePurpose: AskedPurpose | undefined;
  readonly approvals: ReturnType<typeof createFakeApprovals>;
  readonly expire: () => boolean;
};

/**
 * The checks of the device protocol in their order: signature, nonce, counter, then the vault's
 * answer.
 */
export function decideFakeAnswer(path: string, text: string, world: FakeWorld): FakeDecision {
  const requestHash = messageHash(text);
  const deny = (code: ErrorCode, reason?: string): FakeDecision => {
    return {
      kind: "denial",
      status: explain(code, { reason }).httpStatus,
      code,
      reason,
      requestHash,
    };
  };
  try {
    switch (path) {
      case DEVICE_ROUTES.challenges:
        return { kind: "challenge", serial: challengeRequest.parse(JSON.parse(text)).serial };
      case DEVICE_ROUTES.enrolments:
        return decideEnrolment(text, world, requestHash, deny);
      case DEVICE_ROUTES.unlocks:
        return decideUnlock(text, world, requestHash, deny);
      case DEVICE_ROUTES.receipts: {
        const { node, payload } = authenticate(text, world.nodes, MESSAGE_TYPES.receipt);
        if (node === undefined) return deny("DeviceNotAuthenticated");
        const sent = receipt.parse(payload);
        if (sent.counter <= node.counter) return deny("CounterRollback");
        node.counter = sent.counter;
        return { kind: "acknowledgement", receipt: sent, requestHash };
      }
      case DEVICE_ROUTES.rekeys: {
        const { node, payload } = authenticate(text, world.nodes, MESSAGE_TYPES.rekeyRequest);
        if (node === undefined) return deny("DeviceNotAuthenticated");
        const request = rekeyRequest.parse(payload);
        if (request.counter <= node.counter) return deny("CounterRollback");
        node.counter = request.counter;
        if (request.env !== node.env) return deny("EnvelopeMismatch");
        if (world.refusal !== undefined) return deny(world.refusal.code, world.refusal.reason);
        return { kind: "rekeyProposal", node, request, requestHash };
      }
      case DEVICE_ROUTES.rekeyConfirmations: {
        const { node, payload } = authenticate(text, world.nodes, MESSAGE_TYPES.rekeyConfirmation);
        if (node === undefined) return deny("DeviceNotAuthenticated");
        const { rekey, counter } = rekeyConfirmation.parse(payload);
        if (counter <= node.counter) return deny("CounterRollback");
        node.counter = counter;
        return { kind: "rekeyed", node, rekey, requestHash };
      }
      case DEVICE_ROUTES.erasures: {
        const { node, payload } = authenticate(text, world.nodes, MESSAGE_TYPES.erasureRequest);
        if (node === undefined) return deny("DeviceNotAuthenticated");
        const { counter } = erasureRequest.parse(payload);
        if (counter <= node.counter) return deny("CounterRollback");
        node.counter = counter;
        if (world.refusal !== undefined) return deny(world.refusal.code, world.refusal.reason);
        return { kind: "erasurePermit", node, requestHash };
      }
      case DEVICE_ROUTES.sanitisations: {
        const { node, payload } = authenticate(text, world.nodes, MESSAGE_TYPES.sanitisation);
        if (node === undefined) return deny("DeviceNotAuthenticated");
        sanitisation.parse(payload);
        node.certificate ??= text;
        return node.certificate === text
          ? { kind: "sanitised", node, requestHash }
          : deny("NodeErased");
      }
      case DEVICE_ROUTES.journal:
        return takeJournal(text, world, requestHash, deny);
      default:
        return { kind: "unsigned", status: 404, code: "NotFound" };
    }
  } catch {
    return deny("DeviceMessageMalformed");
  }
}

/** Stored rows are recognised; a missing row is a gap. */
function takeJournal(
  text: string,
  { nodes }: FakeWorld,
  requestHash: string,
  deny: (code: ErrorCode, reason?: string) => FakeDecision,
): FakeDecision {
  const { node, payload } = authenticate(text, nodes, MESSAGE_TYPES.journal);
  if (node === undefined) return deny("DeviceNotAuthenticated");
  const { rows } = journalDelivery.parse(payload);
  const { journal } = node;
  const forked = rows.some(({ sequence, hash }) => (journal[sequence - 1]?.hash ?? hash) !== hash);
  if (forked) return deny("JournalBroken", "fork");
  const news = rows.filter(({ sequence }) => sequence > journal.length);
  if ((news[0]?.sequence ?? journal.length + 1) !== journal.length + 1)
    return deny("JournalBroken", "gap");
  if (news[0] !== undefined && news[0].previous !== (journal.at(-1)?.hash ?? ""))
    return deny("JournalBroken", "fork");
  journal.push(...news);
  return { kind: "journal", node, requestHash };
}

function decideEnrolment(
  text: string,
  { nodes }: FakeWorld,
  requestHash: string,
  deny: (code: ErrorCode) => FakeDecision,
): FakeDecision {
  const encoded = text.split(".")[1] ?? "";
  const claimed = enrolmentRequest.parse(JSON.parse(Buffer.from(encoded, "base64url").toString()));
  const key = importVerifyKey(claimed.publicKey);
  const request = enrolmentRequest.parse(verifyMessage(text, key, MESSAGE_TYPES.enrolmentRequest));
  const node = nodes.get(request.serial);
  if (node?.order !== request.order || node.enrolmentCode !== request.code)
    return deny("EnrolmentCodeInvalid");
  if (!enrolDeviceKey(node, request.publicKey)) return deny("EnrolmentConflict");
  return { kind: "enrolment", node, requestHash };
}

function decideUnlock(
  text: string,
  world: FakeWorld,
  requestHash: string,
  deny: (code: ErrorCode, reason?: string) => FakeDecision,
): FakeDecision {
  const { node, payload } = authenticate(text, world.nodes, MESSAGE_TYPES.unlockRequest);
  if (node === undefined) return deny("DeviceNotAuthenticated");
  const request = unlockRequest.parse(payload);
  const { serial } = node;
  // Nonce and counter were used up for this exact request when it was put before the approvers.
  if (world.approvals.requests.has(requestHash))
    return decideRelease({ node, request, requestHash }, world, deny);
  const nonce = world.expire()
    ? "expired"
    : checkNonce(world.nonceKey, request.nonce, { serial, nowMs: world.nowMs });
  if (nonce !== "valid") return deny(nonce === "expired" ? "NonceExpired" : "NonceInvalid");
  if (request.counter <= node.counter) return deny("CounterRollback");
  node.counter = request.counter;
  if (request.order !== node.order || request.serial !== serial) return deny("OrderMismatch");
  if (request.env !== node.env) return deny("EnvelopeMismatch");
  if (request.generation > node.generation) return deny("GenerationRollback");
  return decideRelease({ node, request, requestHash }, world, deny);
}

/** The approvers' decision, then the "vault". */
function decideRelease(
  asked: {
    readonly node: FakeNode;
    readonly request: UnlockRequest;
    readonly requestHash: string;
  },
  { approvals, refusal, stagePurpose }: FakeWorld,
  deny: (code: ErrorCode, reason?: string) => FakeDecision,
): FakeDecision {
  const { request, requestHash } = asked;
  const { serial, reason, purpose } = request;
  if (purpose !== "prepare") {
    if (purpose !== (stagePurpose ?? purpose)) return deny("PurposeForbidden", stagePurpose);
    const answer = approvals.answer({ requestHash, serial, reason });
    if (answer.kind === "deny") return deny(answer.code, answer.reason);
    if (answer.kind === "pending")
      return { kind: "pending", approval: answer.approval, requestHash };
  }
  if (refusal !== undefined) return deny(refusal.code, refusal.reason);
  approvals.useUp(requestHash);
  return { kind: "grant", ...asked };
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
