import { signMessage, type SigningKey } from "@databox-cmk/crypto";
import {
  type Acknowledgement,
  JOSE_MEDIA_TYPE,
  type MessageType,
  MESSAGE_TYPES,
  type Pending,
  type SignedEnvelope,
} from "@databox-cmk/protocol";

import { approvalCountsFor } from "../../core/approval-counts.ts";
import type { EpochMs } from "../../core/order.ts";
import type { NodeEnvelope } from "../../custody/node-envelope.ts";
import type { Answer } from "../../http/route.ts";
import type { ChainHead } from "../../store/chain-head.ts";

/** The broker's answer to a device: signed, so that only the broker can give one. */
export type SignedAnswer = { readonly status: number; readonly text: string };

export async function signAnswer(
  key: SigningKey,
  type: MessageType,
  payload: object,
  status = 200,
): Promise<SignedAnswer> {
  return { status, text: await signMessage(key, type, payload) };
}

/**
 * Acknowledges a receipt by the end of the order's audit chain. The node writes it into its own
 * journal, so that the node's later signatures hold the chain fixed.
 */
export function signAcknowledgement(
  key: SigningKey,
  { hash: requestHash }: { readonly hash: string },
  auditHead: ChainHead | undefined,
): Promise<SignedAnswer> {
  const extensions = auditHead === undefined ? undefined : { auditHead };
  const payload: Acknowledgement = { requestHash, extensions };
  return signAnswer(key, MESSAGE_TYPES.acknowledgement, payload);
}

export function renderAnswer({ status, text }: SignedAnswer, retryAfterSeconds?: number): Answer {
  return {
    status,
    headers:
      retryAfterSeconds === undefined ? undefined : { "retry-after": String(retryAfterSeconds) },
    body: { text, mediaType: JOSE_MEDIA_TYPE },
  };
}

/**
 * The envelope that the device stores. The broker signs envelope and generation, so the device
 * accepts no foreign envelope and no lower generation.
 */
export function signEnvelope(key: SigningKey, envelope: NodeEnvelope): Promise<string> {
  const { env, generation, jwe } = envelope;
  return signMessage(key, MESSAGE_TYPES.envelope, { env, generation, jwe } satisfies {
    [Name in keyof SignedEnvelope]: unknown;
  });
}

/** The device's polling interval, unless it chooses a longer one. */
const RETRY_AFTER_SECONDS = 5;
/** Number of approvers whose names a device receives. */
const NAMES_MAX = 5;

/**
 * Not decided yet: the device must send the same request again. The answer is not stored, since the
 * next one may differ.
 */
export function signPending(
  key: SigningKey,
  nowMs: EpochMs,
  { hash, correlationId }: { readonly hash: string; readonly correlationId: string },
  agent: string,
  approval: {
    readonly id: string;
    readonly required: number;
    readonly approvedBy: readonly string[];
    readonly expiresAtMs: EpochMs;
  },
): Promise<SignedAnswer> {
  const pending: Pending = {
    requestHash: hash,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    correlationId,
    approval: {
      id: approval.id,
      ...approvalCountsFor(agent, {
        required: approval.required,
        given: approval.approvedBy.length,
      }),
      approvedBy: approval.approvedBy.slice(0, NAMES_MAX),
      expiresInSeconds: Math.max(0, Math.ceil((approval.expiresAtMs - nowMs) / 1000)),
    },
  };
  return signAnswer(key, MESSAGE_TYPES.pending, pending, 202);
}
