import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

import {
  generateSigningKey,
  messageHash,
  type SigningKey,
  signMessage,
  verifyMessage,
} from "@databox-cmk/crypto";
import {
  brokerKeysRequest,
  type BrokerKeysRequest,
  DEVICE_ROUTES,
  grant,
  JOSE_MEDIA_TYPE,
  leaseReceipt,
  type LeaseReceipt,
  leaseRenewal,
  type LeaseRenewal,
  leaseWatch,
  MESSAGE_TYPES,
  type MessageType,
} from "@databox-cmk/protocol";
import type { FakeBroker, FakeNode, Interceptor, WireAnswer } from "@databox-cmk/testkit";

import { contentOf } from "../content-of.ts";
import { denialOf } from "../forged-denials.ts";
import { resign } from "./resign.ts";

const LEASE_PATH = /^\/device\/v1\/leases\/([^/]+)\/(renewals|receipts|events)$/u;
/** A watch without news is answered after this time, and the agent asks again. */
const WATCH_MS = 1_000;

/** An answer to a renewal that the broker did not give. */
export type ForgeRelock = (facts: {
  readonly requestHash: string;
  readonly lease: string;
  readonly sequence: number;
}) => Promise<string>;

/** The broker's part of leases and of a change of its keys. */
export type LeaseDesk = {
  readonly intercept: (exchange: Parameters<Interceptor>[0]) => Promise<WireAnswer>;
  /** Verified, oldest first. */
  readonly renewals: readonly LeaseRenewal[];
  readonly watches: readonly string[];
  readonly receipts: readonly LeaseReceipt[];
  readonly keyQuestions: readonly BrokerKeysRequest[];
  /** The envelope that comes with the broker's keys; undefined: the node's own. */
  envelope: string | undefined;
  readonly successor: SigningKey;
  /** The key that signs, and the one that is announced. */
  keys: readonly [SigningKey, SigningKey];
  /** Questions about leases and keys get no answer of the broker; receipts still do. */
  isSilent: boolean;
  forge: ForgeRelock | undefined;
  /** How many answers were forged. */
  forged: number;
  drill: string | undefined;
  relock: boolean;
};

export function createLeaseDesk(broker: FakeBroker, node: FakeNode): LeaseDesk {
  const renewals: LeaseRenewal[] = [];
  const watches: string[] = [];
  const receipts: LeaseReceipt[] = [];
  const keyQuestions: BrokerKeysRequest[] = [];
  const { order, serial } = node;
  const successor = generateSigningKey().key;
  const verified = (text: string, typ: MessageType) => {
    if (node.deviceKey === undefined) throw new Error("the node is not enrolled");
    return verifyMessage(text, node.deviceKey, typ);
  };
  const held = new Map<string, number>();
  const answerWith = async (typ: MessageType, payload: object, status = 200) => ({
    status,
    headers: { "content-type": JOSE_MEDIA_TYPE },
    body: await signMessage(desk.keys[0], typ, payload),
  });

  const present = (lease: string, requestHash: string) => {
    const sequence = held.get(lease) ?? 0;
    return desk.relock
      ? answerWith(MESSAGE_TYPES.relock, { ...denialOf(requestHash), lease, sequence }, 403)
      : answerWith(MESSAGE_TYPES.lease, {
          requestHash,
          order,
          serial,
          lease: { id: lease, ...broker.leaseTerms, sequence },
          drill: desk.drill,
        });
  };

  async function answerLease(kind: string, lease: string, request: string) {
    const requestHash = messageHash(request);
    switch (kind) {
      case "renewals": {
        const renewal = leaseRenewal.parse(verified(request, MESSAGE_TYPES.leaseRenewal));
        renewals.push(renewal);
        const { sequence } = renewal;
        const { forge } = desk;
        if (forge !== undefined) {
          desk.forge = undefined;
          desk.forged += 1;
          return {
            status: 403,
            headers: { "content-type": JOSE_MEDIA_TYPE },
            body: await forge({ requestHash, lease, sequence }),
          };
        }
        if (!desk.relock) held.set(lease, sequence + 1);
        return present(lease, requestHash);
      }
      case "events":
        watches.push(leaseWatch.parse(verified(request, MESSAGE_TYPES.leaseWatch)).lease);
        await setTimeout(WATCH_MS, undefined, { ref: false });
        return present(lease, requestHash);
      default:
        receipts.push(leaseReceipt.parse(verified(request, MESSAGE_TYPES.leaseReceipt)));
        return answerWith(MESSAGE_TYPES.acknowledgement, { requestHash });
    }
  }

  const desk: LeaseDesk = {
    renewals,
    watches,
    receipts,
    keyQuestions,
    envelope: undefined,
    successor,
    keys: [broker.signingKey, successor],
    isSilent: false,
    forge: undefined,
    forged: 0,
    drill: undefined,
    relock: false,
    async intercept({ path, request, answer }) {
      if (path === DEVICE_ROUTES.unlocks && answer.status === 200) {
        held.set(grant.parse(contentOf(answer.body)).lease.id, 0);
        return resign(desk.keys[0], answer);
      }
      const [, lease, kind] = LEASE_PATH.exec(path) ?? [];
      const isQuestion =
        path === DEVICE_ROUTES.brokerKeys || (lease !== undefined && kind !== "receipts");
      if (desk.isSilent && isQuestion) return { status: 503, headers: {}, body: "" };
      if (path === DEVICE_ROUTES.brokerKeys) {
        keyQuestions.push(
          brokerKeysRequest.parse(verified(request, MESSAGE_TYPES.brokerKeysRequest)),
        );
        return answerWith(MESSAGE_TYPES.brokerKeys, {
          requestHash: messageHash(request),
          order,
          serial,
          brokerKeys: desk.keys.map(({ publicJwk }) => publicJwk),
          envelope:
            desk.envelope ??
            (await signMessage(
              desk.keys[0],
              MESSAGE_TYPES.envelope,
              contentOf(node.signedEnvelope),
            )),
        });
      }
      return lease === undefined || kind === undefined
        ? resign(desk.keys[0], answer)
        : answerLease(kind, lease, request);
    },
  };
  return desk;
}

/** A drill that was never run before. */
export const newDrill = (): string => randomUUID();
