import { generateSigningKey, importVerifyKey, messageHash, signMessage } from "@databox-cmk/crypto";
import type { SigningKey } from "@databox-cmk/crypto";
import { JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import type { RawAnswer } from "../broker-client/transport.ts";
import { readLeaseAnswer } from "./lease-answer.ts";

const LEASE = "00000000-0000-4000-8000-000000000001";
const OTHER = "00000000-0000-4000-8000-000000000002";
const ORDER =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourcegroups/g/providers/microsoft.databox/jobs/order-1";
const broker = generateSigningKey().key;
const stranger = generateSigningKey().key;
const requestHash = messageHash("renewal");
const expected = {
  requestHash,
  order: ORDER,
  serial: "DBX-1",
  lease: LEASE,
  brokerKeys: [importVerifyKey(broker.publicJwk)],
};
const RELOCK = {
  requestHash,
  code: "SsemUserErrorEncryptionKeyDisabled",
  class: "refused",
  who: "security-administrator",
  title: "The key is disabled",
  message: "The key is disabled",
  ask: "Ask your security administrator.",
  steps: [],
  correlationId: LEASE,
  lease: LEASE,
  sequence: 3,
};
const RENEWED = {
  requestHash,
  order: ORDER,
  serial: "DBX-1",
  lease: { id: LEASE, ttlSeconds: 60, outageGraceSeconds: 900, sequence: 4 },
};

async function answerOf(
  key: SigningKey,
  type: string,
  payload: object,
  change: Partial<RawAnswer> = {},
): Promise<RawAnswer> {
  const body = await signMessage(key, type, payload);
  return {
    status: 200,
    mediaType: JOSE_MEDIA_TYPE,
    retryAfterSeconds: undefined,
    body,
    ...change,
  };
}

describe("an answer to a renewal", () => {
  test("is the next lease, or the order to close, when the broker signed it for this message", async () => {
    const renewed = await answerOf(broker, MESSAGE_TYPES.lease, RENEWED);
    expect(readLeaseAnswer(renewed, expected)).toEqual({ kind: "renewed", renewed: RENEWED });
    const relock = await answerOf(broker, MESSAGE_TYPES.relock, RELOCK);
    expect(readLeaseAnswer(relock, expected)).toEqual({ kind: "relock", order: RELOCK });
  });

  test.each<[string, SigningKey, string, object, Partial<RawAnswer>]>([
    ["an order of a stranger", stranger, MESSAGE_TYPES.relock, RELOCK, {}],
    [
      "an order for another message",
      broker,
      MESSAGE_TYPES.relock,
      { ...RELOCK, requestHash: messageHash("x") },
      {},
    ],
    ["an order for another lease", broker, MESSAGE_TYPES.relock, { ...RELOCK, lease: OTHER }, {}],
    [
      "an order with a member too many",
      broker,
      MESSAGE_TYPES.relock,
      { ...RELOCK, admin: true },
      {},
    ],
    ["an order under another kind", broker, MESSAGE_TYPES.denial, RELOCK, {}],
    ["a lease of a stranger", stranger, MESSAGE_TYPES.lease, RENEWED, {}],
    ["a lease for another node", broker, MESSAGE_TYPES.lease, { ...RENEWED, serial: "DBX-2" }, {}],
    [
      "a bare 403",
      broker,
      MESSAGE_TYPES.relock,
      RELOCK,
      { status: 403, mediaType: "application/json" },
    ],
    [
      "a captive portal",
      broker,
      MESSAGE_TYPES.relock,
      RELOCK,
      { status: 302, mediaType: "text/html" },
    ],
    [
      "an order without its signature",
      broker,
      MESSAGE_TYPES.relock,
      RELOCK,
      { body: "e30.e30.e30" },
    ],
  ])("counts for nothing when it is %s", async (_name, key, type, payload, change) => {
    const answer = await answerOf(key, type, payload, change);
    expect(() => readLeaseAnswer(answer, expected)).toThrow(
      expect.objectContaining({ code: "BrokerUnreachable" }),
    );
  });
});
