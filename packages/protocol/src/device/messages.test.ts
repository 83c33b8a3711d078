import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import * as z from "zod/mini";

import * as protocol from "../index.ts";
import { parseWith } from "../parse.ts";
import { brokerKeysAnswer, brokerKeysRequest } from "./broker-keys.ts";
import { enrolment, enrolmentRequest, signedEnvelope } from "./enrolment.ts";
import { journalDelivery, journalHead } from "./journal.ts";
import { leaseReceipt, leaseRenewal, leaseWatch, relockOrder, renewedLease } from "./lease.ts";
import { rekeyConfirmation, rekeyed, rekeyProposal, rekeyRequest } from "./rekey.ts";
import { erasurePermit, erasureRequest, sanitisation, sanitised } from "./sanitisation.ts";
import {
  acknowledgement,
  challenge,
  challengeRequest,
  denial,
  grant,
  offlineChallenge,
  pending,
  receipt,
  unlockRequest,
} from "./unlock.ts";

const ORDER =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourcegroups/databox-demo/providers/microsoft.databox/jobs/order-1";
const UUID = "00000000-0000-4000-8000-000000000002";
const HASH = "A".repeat(43);
const NOW = "2026-11-25T00:00:00.000Z";
const PUBLIC_KEY = { kty: "EC", crv: "P-256", x: HASH, y: HASH };

const HOLDER = { lease: UUID, order: ORDER, serial: "DBX-1", bootId: UUID, counter: 1 };

/** One valid message of each kind. */
const MESSAGES: Readonly<Record<string, readonly [z.ZodMiniType, object]>> = {
  challengeRequest: [challengeRequest, { serial: "DBX-1" }],
  challenge: [
    challenge,
    { nonce: "A".repeat(96), expiresInSeconds: 120, brokerTime: "2026-11-25T00:00:00.000Z" },
  ],
  enrolmentRequest: [
    enrolmentRequest,
    {
      code: "A".repeat(27),
      order: ORDER,
      serial: "DBX-1",
      publicKey: PUBLIC_KEY,
      suite: "X-Wing",
      bootId: UUID,
      agent: "agent/1",
    },
  ],
  enrolment: [
    enrolment,
    {
      requestHash: HASH,
      order: ORDER,
      serial: "DBX-1",
      brokerKeys: [PUBLIC_KEY],
      envelope: "a.b.c",
      passkeyOrigin: "generated",
    },
  ],
  signedEnvelope: [signedEnvelope, { env: UUID, generation: 1, jwe: { iv: "A" } }],
  unlockRequest: [
    unlockRequest,
    {
      nonce: "A".repeat(96),
      order: ORDER,
      serial: "DBX-1",
      env: UUID,
      generation: 1,
      purpose: "unlock",
      bootId: UUID,
      counter: 1,
      hpke: { suite: "X-Wing", publicKey: "A".repeat(1622) },
      agent: "agent/1",
    },
  ],
  grant: [
    grant,
    {
      requestHash: HASH,
      order: ORDER,
      serial: "DBX-1",
      sealed: { enc: "A".repeat(1494), ciphertext: "A".repeat(64) },
      lease: { id: UUID, ttlSeconds: 60, outageGraceSeconds: 86_400, sequence: 0 },
      kid: "https://contoso.vault.azure.net/keys/kek/0123456789abcdef0123456789abcdef",
      correlationId: UUID,
    },
  ],
  denial: [
    denial,
    {
      requestHash: HASH,
      code: "SsemUserErrorEncryptionKeyDisabled",
      class: "refused",
      who: "security-administrator",
      title: "The key is disabled",
      message: "The key is disabled",
      ask: "Ask your security administrator.",
      steps: [{ text: "Enable the key", command: "az keyvault key set-attributes" }],
      correlationId: UUID,
    },
  ],
  pending: [
    pending,
    {
      requestHash: HASH,
      retryAfterSeconds: 5,
      correlationId: UUID,
      approval: {
        id: UUID,
        required: 2,
        given: 1,
        approvedBy: ["ada@example.com"],
        expiresInSeconds: 60,
      },
    },
  ],
  receipt: [
    receipt,
    {
      grantHash: HASH,
      order: ORDER,
      serial: "DBX-1",
      outcome: "unlocked",
      bootId: UUID,
      counter: 1,
      journalHead: HASH,
    },
  ],
  acknowledgement: [acknowledgement, { requestHash: HASH }],
  leaseRenewal: [leaseRenewal, { ...HOLDER, sequence: 0, state: "unlocked", journalHead: HASH }],
  renewedLease: [
    renewedLease,
    {
      requestHash: HASH,
      order: ORDER,
      serial: "DBX-1",
      lease: { id: UUID, ttlSeconds: 60, outageGraceSeconds: 86_400, sequence: 1 },
    },
  ],
  relockOrder: [
    relockOrder,
    {
      requestHash: HASH,
      code: "UnlockRevoked",
      class: "refused",
      who: "security-administrator",
      title: "Unlocking is switched off",
      message: "Unlocking was switched off for this order",
      ask: "Ask your security administrator.",
      steps: [],
      correlationId: UUID,
      lease: UUID,
      sequence: 3,
    },
  ],
  leaseWatch: [leaseWatch, { ...HOLDER, sequence: 0, watch: true }],
  leaseReceipt: [leaseReceipt, { ...HOLDER, outcome: "relocked", journalHead: HASH }],
  rekeyRequest: [
    rekeyRequest,
    { ...HOLDER, sequence: 0, env: UUID, hpke: { suite: "X-Wing", publicKey: "A".repeat(1622) } },
  ],
  rekeyProposal: [
    rekeyProposal,
    {
      requestHash: HASH,
      order: ORDER,
      serial: "DBX-1",
      rekey: UUID,
      envelope: "a.b.c",
      sealed: { enc: "A".repeat(1494), ciphertext: "A".repeat(107) },
    },
  ],
  rekeyConfirmation: [
    rekeyConfirmation,
    {
      rekey: UUID,
      order: ORDER,
      serial: "DBX-1",
      bootId: UUID,
      counter: 1,
      journalHead: HASH,
    },
  ],
  rekeyed: [rekeyed, { requestHash: HASH, order: ORDER, serial: "DBX-1", envelope: "a.b.c" }],
  erasureRequest: [erasureRequest, { order: ORDER, serial: "DBX-1", bootId: UUID, counter: 1 }],
  erasurePermit: [erasurePermit, { requestHash: HASH, order: ORDER, serial: "DBX-1" }],
  sanitisation: [
    sanitisation,
    {
      order: ORDER,
      serial: "DBX-1",
      bootId: UUID,
      counter: 1,
      journalHead: HASH,
      medium: {
        path: "/dev/nvme1n1",
        kind: "block device",
        volume: "luks2",
        id: UUID,
        bytes: 67_108_864,
        model: "Model 1",
        serialNumber: "S1",
      },
      method: "zeros",
      verification: "read back",
      startedAt: NOW,
      verifiedAt: NOW,
    },
  ],
  sanitised: [
    sanitised,
    { requestHash: HASH, order: ORDER, serial: "DBX-1", countersignedAt: NOW },
  ],
  offlineChallenge: [
    offlineChallenge,
    {
      challengeId: HASH,
      order: ORDER,
      serial: "DBX-1",
      env: UUID,
      generation: 1,
      purpose: "unlock",
      bootId: UUID,
      counter: 1,
      hpke: { suite: "X25519", publicKey: HASH },
      agent: "agent/1",
      opensForSeconds: 3600,
    },
  ],
  journalDelivery: [
    journalDelivery,
    {
      order: ORDER,
      serial: "DBX-1",
      bootId: UUID,
      counter: 1,
      rows: [
        {
          sequence: 1,
          at: "2026-11-25T00:00:00.000Z",
          bootId: UUID,
          event: "unlocked",
          facts: {},
          previous: "",
          hash: HASH,
        },
      ],
    },
  ],
  journalHead: [
    journalHead,
    {
      requestHash: HASH,
      order: ORDER,
      serial: "DBX-1",
      sequence: 1,
      hash: HASH,
      receivedAt: "2026-11-25T00:00:00.000Z",
    },
  ],
  brokerKeysRequest: [
    brokerKeysRequest,
    { order: ORDER, serial: "DBX-1", random: HASH, pinned: [HASH] },
  ],
  brokerKeysAnswer: [
    brokerKeysAnswer,
    {
      requestHash: HASH,
      order: ORDER,
      serial: "DBX-1",
      brokerKeys: [PUBLIC_KEY],
      envelope: "a.b.c",
    },
  ],
};
const ALL = Object.entries(MESSAGES).map(([name, [schema, value]]) => ({ name, schema, value }));
const EACH_MEMBER = ALL.flatMap((message) =>
  Object.keys(message.value).map((member) => Object.assign({ member }, message)),
);

test("each message that the package exports has one", () => {
  const missing = Object.entries(protocol).filter(
    ([, schema]) =>
      schema instanceof z.ZodMiniObject &&
      "extensions" in schema.shape &&
      !ALL.some((sample) => sample.schema === schema),
  );
  expect(missing.map(([name]) => name)).toEqual([]);
});

describe("a message", () => {
  test.each(ALL)("of kind $name is read as it was written", ({ schema, value }) => {
    expect(parseWith(schema, value)).toEqual({ ok: true, value });
  });

  test.each(ALL)("of kind $name with one member too many is refused", ({ schema, value }) => {
    expect(parseWith(schema, { ...value, admin: true })).toEqual({
      ok: false,
      detail: "message: unknown member admin",
    });
  });

  test.each(ALL)("of kind $name of a newer version is read", ({ schema, value }) => {
    const newer = { ...value, extensions: { later: { depth: 2 }, also: [1] } };
    expect(parseWith(schema, newer)).toEqual({ ok: true, value: newer });
    expect(parseWith(schema, { ...value, extensions: "all" })).toMatchObject({ ok: false });
  });

  test.each(EACH_MEMBER)(
    "of kind $name without $member is refused by that name",
    ({ schema, value, member }) => {
      const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== member));
      const parsed = parseWith(schema, rest);
      expect(parsed.ok).toBe(false);
      expect(parsed.ok ? "" : parsed.detail).toMatch(new RegExp(`^${member}: expected `));
    },
  );

  test.each(EACH_MEMBER)(
    "of kind $name with null for $member is refused by that name",
    ({ schema, value, member }) => {
      const parsed = parseWith(schema, { ...value, [member]: null });
      expect(parsed.ok ? "" : parsed.detail).toMatch(new RegExp(`^${member}: `));
    },
  );

  test.prop([fc.jsonValue()])("of any other content is refused without an exception", (value) => {
    for (const { schema } of ALL) expect(parseWith(schema, value).ok).toBe(false);
  });

  test.each(ALL)("of kind $name is not of another kind", ({ name, value }) => {
    const others = ALL.filter((other) => other.name !== name);
    expect(
      others.filter((other) => parseWith(other.schema, value).ok).map((other) => other.name),
    ).toEqual([]);
  });
});

describe("a member is refused when it is", () => {
  const unlock = MESSAGES["unlockRequest"]?.[1] ?? {};
  const ask = MESSAGES["enrolmentRequest"]?.[1] ?? {};
  const WRONG: readonly (readonly [string, z.ZodMiniType, object, string])[] = [
    ["an order in upper case", unlockRequest, { ...unlock, order: ORDER.toUpperCase() }, "order"],
    [
      "an order with a path that climbs",
      unlockRequest,
      { ...unlock, order: `${ORDER}/../x` },
      "order",
    ],
    [
      "an order of another provider",
      unlockRequest,
      { ...unlock, order: ORDER.replace("databox/", "compute/") },
      "order",
    ],
    ["a serial with a line break", unlockRequest, { ...unlock, serial: "DBX\n1" }, "serial"],
    ["a serial with a slash", unlockRequest, { ...unlock, serial: "DBX/1" }, "serial"],
    ["a serial of 65 characters", unlockRequest, { ...unlock, serial: "D".repeat(65) }, "serial"],
    ["a text with a control character", unlockRequest, { ...unlock, agent: "a\u001b[2J" }, "agent"],
    ["a text that turns direction", unlockRequest, { ...unlock, agent: "a\u202e" }, "agent"],
    ["a reason that turns direction", unlockRequest, { ...unlock, reason: "a\u202eb" }, "reason"],
    ["a reason of two lines", unlockRequest, { ...unlock, reason: "a\nb" }, "reason"],
    ["an empty reason", unlockRequest, { ...unlock, reason: "" }, "reason"],
    ["a counter of zero", unlockRequest, { ...unlock, counter: 0 }, "counter"],
    ["a counter that is not a whole number", unlockRequest, { ...unlock, counter: 1.5 }, "counter"],
    ["a counter beyond exact numbers", unlockRequest, { ...unlock, counter: 2 ** 53 }, "counter"],
    ["a counter in a string", unlockRequest, { ...unlock, counter: "1" }, "counter"],
    ["an unknown purpose", unlockRequest, { ...unlock, purpose: "admin" }, "purpose"],
    [
      "an unknown suite",
      unlockRequest,
      { ...unlock, hpke: { suite: "none", publicKey: "A" } },
      "hpke.suite",
    ],
    [
      "a public key that is too long",
      unlockRequest,
      { ...unlock, hpke: { suite: "X-Wing", publicKey: "A".repeat(1623) } },
      "hpke.publicKey",
    ],
    ["a nonce with padding", unlockRequest, { ...unlock, nonce: "AA==" }, "nonce"],
    [
      "a private key",
      enrolmentRequest,
      { ...ask, publicKey: { ...PUBLIC_KEY, d: HASH } },
      "publicKey",
    ],
    [
      "a key of another curve",
      enrolmentRequest,
      { ...ask, publicKey: { ...PUBLIC_KEY, crv: "P-384" } },
      "publicKey.crv",
    ],
    [
      "a uuid in upper case",
      unlockRequest,
      { ...unlock, env: "A0000000-0000-4000-8000-000000000002" },
      "env",
    ],
  ];
  test.each(WRONG)("%s", (_name, schema, value, member) => {
    const parsed = parseWith(schema, value);
    expect(parsed.ok ? "accepted" : parsed.detail).toMatch(new RegExp(`^${member}: `));
  });

  test("and the refusal never repeats the value, which may be a secret", () => {
    const parsed = parseWith(enrolmentRequest, { ...ask, code: "canary canary" });
    expect(parsed.ok ? "accepted" : parsed.detail).not.toContain("canary");
  });
});
