import { CryptoError, deriveSplitKey, openEnvelope, zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { CheckedEnvelope } from "../answers/signed-envelope.ts";
import type { CustodyWish } from "../core/command.ts";

export type KeyHolder = {
  readonly order: string;
  readonly serial: string;
  /** This node's share for an envelope (split custody); the caller zeroes it. */
  readonly share: (env: string) => Promise<Uint8Array>;
};

/**
 * Content key → what the envelope holds → unlock key: in escrow custody it is the content, in split
 * custody it comes from the content and this node's share.
 *
 * @returns the unlock key; the caller zeroes it, and the content key
 * @throws {AppError} `EnvelopeRejected`, or as `readShare`
 */
export async function unlockKeyOf(
  { order: ord, serial: dev, share }: KeyHolder,
  { envelope }: CheckedEnvelope,
  env: string,
  contentKey: Uint8Array,
): Promise<Uint8Array> {
  const { cus } = envelope.context;
  const context = { env, ord, dev, cus };
  const shares: Uint8Array[] = [];
  try {
    if (cus === undefined) return await openEnvelope(envelope, contentKey, context);
    if (cus !== "split") throw rejected("it holds no share of the broker's");
    shares.push(await openEnvelope(envelope, contentKey, context));
    shares.push(await share(env));
    const [broker, device] = shares;
    if (broker === undefined || device === undefined) throw new TypeError("a share is missing");
    return deriveSplitKey(device, broker, context);
  } catch (error) {
    if (error instanceof CryptoError)
      throw rejected("it does not open with the granted key", error);
    throw error;
  } finally {
    zero(...shares);
  }
}

/**
 * A broker that could turn split custody into escrow would give itself the whole key; an envelope
 * of split custody for a node in escrow, which has no share, would never open.
 *
 * @param mustBeSplit - this node's custody is split, or a person at the node asks for it
 * @throws {AppError} `EnvelopeRejected`
 */
export function requireCustody(mustBeSplit: boolean, offered: CheckedEnvelope): void {
  if (isSplit(offered) === mustBeSplit) return;
  if (mustBeSplit) throw new AppError("EnvelopeRejected", { reason: "escrow" });
  throw rejected("it is of split custody, and this node's custody is escrow");
}

/** Recovery keys open a copy of the node's share, which only split custody has. */
export const asksForSplit = ({ custody, recoveryKeys }: CustodyWish): boolean =>
  custody === "split" || recoveryKeys !== undefined;

export const isSplit = ({ envelope }: CheckedEnvelope): boolean =>
  envelope.context.cus !== undefined;

const rejected = (detail: string, cause?: unknown): AppError =>
  new AppError("EnvelopeRejected", { detail, cause });
