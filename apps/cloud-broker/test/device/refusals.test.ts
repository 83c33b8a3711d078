// @module-tag one-engine

import { generateSealingKey, generateSigningKey, encodeBase64url } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, MESSAGE_TYPES, type UnlockRequest } from "@databox-cmk/protocol";
import type { DeviceClient, Tamper } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

type Case = {
  readonly code: string;
  readonly status: number;
  readonly class: "invalid" | "refused";
  /** The chain of the row: the order's, once the signature is verified. */
  readonly chain: "order" | "broker";
  readonly tamper: Tamper<UnlockRequest>;
  readonly prepare?: (device: DeviceClient) => Promise<unknown>;
  readonly purpose?: UnlockRequest["purpose"];
};
const change =
  (part: object): ((payload: UnlockRequest) => object) =>
  (payload) => ({ ...payload, ...part });
const refused = { class: "refused", chain: "order" } as const;
const invalid = { class: "invalid", chain: "order" } as const;
const unproven = { class: "invalid", chain: "broker" } as const;

const weak = await generateSealingKey("X25519");
const CASES: Readonly<Record<string, Case>> = {
  "signed by another key": {
    ...unproven,
    code: "DeviceNotAuthenticated",
    status: 401,
    tamper: { key: generateSigningKey().key },
  },
  "with a changed payload": {
    ...unproven,
    code: "DeviceNotAuthenticated",
    status: 401,
    tamper: { text: (text) => replacePart(text, 1, (part) => `${part.slice(0, -4)}AAAA`) },
  },
  "with a signature of zeros": {
    ...unproven,
    code: "DeviceNotAuthenticated",
    status: 401,
    tamper: { text: (text) => replacePart(text, 2, () => Buffer.alloc(64).toString("base64url")) },
  },
  "with the algorithm none": {
    ...unproven,
    code: "DeviceMessageMalformed",
    status: 400,
    tamper: {
      text: (text) => replaceHeader(text, (header) => ({ ...header, alg: "none" })),
    },
  },
  "that names its own key in the header": {
    ...unproven,
    code: "DeviceMessageMalformed",
    status: 400,
    tamper: { text: (text) => replaceHeader(text, (header) => ({ ...header, jwk: {} })) },
  },
  "that is not a JWS": {
    ...unproven,
    code: "DeviceMessageMalformed",
    status: 400,
    tamper: { text: () => "not a message" },
  },
  "that is empty": {
    ...unproven,
    code: "DeviceMessageMalformed",
    status: 400,
    tamper: { text: () => "" },
  },
  "with an unknown member": {
    ...invalid,
    code: "DeviceMessageMalformed",
    status: 400,
    tamper: { payload: change({ admin: true }) },
  },
  "without a counter": {
    ...invalid,
    code: "DeviceMessageMalformed",
    status: 400,
    tamper: { payload: ({ counter: _counter, ...rest }) => rest },
  },
  "with a text that would forge a log line": {
    ...invalid,
    code: "DeviceMessageMalformed",
    status: 400,
    tamper: { payload: change({ agent: "x\n{}" }) },
  },
  "with a nonce that was never issued": {
    ...invalid,
    code: "NonceInvalid",
    status: 400,
    tamper: { payload: change({ nonce: "A".repeat(96) }) },
  },
  "with a nonce made for another serial": {
    ...invalid,
    code: "NonceInvalid",
    status: 400,
    tamper: { payload: (payload) => ({ ...payload, nonce: foreignNonce }) },
    prepare: async (device) => {
      foreignNonce = (await device.challenge("SOMEBODY-ELSE")).nonce;
    },
  },
  "with a nonce that has expired": {
    ...invalid,
    code: "NonceExpired",
    status: 409,
    tamper: { payload: (payload) => ({ ...payload, nonce: foreignNonce }) },
    prepare: async (device) => {
      foreignNonce = (await device.challenge()).nonce;
      world.clock.nowMs += 120_000;
    },
  },
  "with a counter that was used": {
    ...invalid,
    code: "CounterRollback",
    status: 409,
    tamper: {},
    prepare: async (device) => {
      await device.unlock("unlock");
      await device.unlock("unlock");
      device.counter = 1;
    },
  },
  "for another order": {
    ...invalid,
    code: "OrderMismatch",
    status: 403,
    tamper: {
      payload: (payload) => ({ ...payload, order: payload.order.replace(/[^/]+$/, "another") }),
    },
  },
  "with another node's serial": {
    ...invalid,
    code: "OrderMismatch",
    status: 403,
    tamper: { payload: change({ serial: "SOMEBODY-ELSE" }) },
  },
  "for another envelope": {
    ...invalid,
    code: "EnvelopeMismatch",
    status: 409,
    tamper: { payload: change({ env: "99999999-9999-4999-8999-999999999999" }) },
  },
  "for a generation that never was": {
    ...invalid,
    code: "GenerationRollback",
    status: 409,
    tamper: { payload: change({ generation: 2 }) },
  },
  "with a weaker suite than was enrolled": {
    ...invalid,
    code: "SuiteDowngrade",
    status: 400,
    tamper: {
      payload: change({
        hpke: { suite: "X25519", publicKey: encodeBase64url(weak.publicKey) },
      }),
    },
  },
  "with a sealing key of the wrong size": {
    ...invalid,
    code: "DeviceMessageMalformed",
    status: 400,
    tamper: { payload: change({ hpke: { suite: "X-Wing", publicKey: "AAAA" } }) },
  },
  "for ingestion at the customer's site": {
    ...refused,
    code: "PurposeForbidden",
    status: 403,
    tamper: {},
    purpose: "ingest",
  },
  "while the appliance travels back": {
    ...refused,
    code: "PurposeForbidden",
    status: 403,
    tamper: {},
    prepare: (device) => world.setStage(device.order, "PickedUp"),
  },
  "after the order was cancelled": {
    ...refused,
    code: "PurposeForbidden",
    status: 403,
    tamper: {},
    prepare: (device) => world.setStage(device.order, "Cancelled"),
  },
};
let foreignNonce = "";

describe("an unlock request is refused before any vault is asked, with a row in its chain,", () => {
  test.each(Object.entries(CASES))("when it is one %s", async (name, expected) => {
    const device = await world.delivered(`refused-${String(Object.keys(CASES).indexOf(name))}`);
    await expected.prepare?.(device);
    const callsBefore = world.unwraps();
    const prepared = await device.prepareUnlock(expected.purpose ?? "unlock", expected.tamper);
    const answer = await device.sendUnlock(prepared);
    expect(answer).toMatchObject({
      kind: "denial",
      status: expected.status,
      value: { code: expected.code, class: expected.class },
    });
    expect(world.unwraps()).toBe(callsBefore);
    const rows = await world.audit(expected.chain === "order" ? device.order : "broker");
    expect(rows.at(-1)).toMatchObject({
      action: "unlock",
      outcome: "refused",
      code: expected.code,
      correlationId: answer.kind === "denial" ? answer.value.correlationId : "",
    });
    const other = expected.chain === "order" ? "broker" : device.order;
    expect(await world.audit(other)).not.toContainEqual(
      expect.objectContaining({ correlationId: rows.at(-1)?.["correlationId"] }),
    );
  });

  test("when it is too long, which is said without a signature since nothing of it was read", async () => {
    const answer = await world.transport().send("POST", DEVICE_ROUTES.unlocks, {
      headers: { "content-type": "application/jose" },
      body: "A".repeat(16 * 1024 + 1),
    });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: "DeviceMessageTooLarge" } });
    const rows = await world.audit("broker");
    expect(rows.at(-1)).toMatchObject({ code: "DeviceMessageTooLarge", outcome: "refused" });
  });
});

describe("strangers learn nothing:", () => {
  // Evidence: Timing side channels.
  test("an unknown device and a wrong signature get the same words", async () => {
    const device = await world.delivered("same-words");
    const known = await device.prepareUnlock("unlock", {
      text: (text) => replacePart(text, 2, () => Buffer.alloc(64).toString("base64url")),
    });
    const unknown = await device.prepareUnlock("unlock", { key: generateSigningKey().key });
    const denials = [await device.sendUnlock(known), await device.sendUnlock(unknown)].map(
      (answer) => {
        if (answer.kind !== "denial") throw new Error("expected a denial");
        const { requestHash: _hash, correlationId, ...rest } = answer.value;
        return JSON.parse(JSON.stringify(rest).replaceAll(correlationId, "")) as unknown;
      },
    );
    expect(denials[0]).toEqual(denials[1]);
  });

  test("an unknown key is told of a restore that may have lost it", async () => {
    const device = await world.delivered("prepared-since");
    const refusedBy = async () => {
      const { answer } = await device.unlock("unlock", { key: generateSigningKey().key });
      return answer.kind === "denial" ? answer.value : undefined;
    };
    expect(await refusedBy()).not.toHaveProperty("reason");
    const restored = { atMs: world.clock.nowMs };
    Object.assign(world.store(), { restored });
    expect(await refusedBy()).toMatchObject({
      code: "DeviceNotAuthenticated",
      reason: "restored",
      steps: [{ text: expect.stringContaining("prepared after the backup") }],
    });
    Object.assign(world.store(), { restored: undefined });
  });

  test("a challenge is the same for a serial that does not exist", async () => {
    const device = await world.delivered("any-serial");
    const real = await device.challenge();
    const invented = await device.challenge("NEVER-HEARD-OF");
    expect({ ...invented, nonce: "" }).toEqual({ ...real, nonce: "" });
  });
});

describe("a message is accepted only as its own type:", () => {
  const messageTypes = Object.values(MESSAGE_TYPES);
  const routes = [
    [DEVICE_ROUTES.enrolments, MESSAGE_TYPES.enrolmentRequest],
    [DEVICE_ROUTES.unlocks, MESSAGE_TYPES.unlockRequest],
    [DEVICE_ROUTES.receipts, MESSAGE_TYPES.receipt],
    [DEVICE_ROUTES.brokerKeys, MESSAGE_TYPES.brokerKeysRequest],
  ] as const;
  const matrix = routes.flatMap(([route, own]) =>
    messageTypes.filter((type) => type !== own).map((type) => [type, route] as const),
  );

  // Evidence: One message taken for another.
  test.each(matrix)("%s at %s is malformed there", async (type, route) => {
    const device = await world.delivered(
      `m-${String(matrix.findIndex((row) => row[0] === type && row[1] === route))}`,
    );
    const callsBefore = world.unwraps();
    const text = await device.sign(type, { order: device.order, serial: device.serial });
    const denial = device.readDenial(await device.post(route, text), text);
    expect(denial).toMatchObject({ code: "DeviceMessageMalformed" });
    expect(denial.message).toContain("typ: expected");
    expect(world.unwraps()).toBe(callsBefore);
  });

  // Evidence: One message taken for another.
  test("an answer of the broker sent back to it is not a request", async () => {
    const device = await world.delivered("echo");
    const { answer } = await device.unlock("unlock");
    const text = answer.kind === "answer" ? answer.text : "";
    const denial = device.readDenial(await device.post(DEVICE_ROUTES.receipts, text), text);
    expect(denial.code).toBe("DeviceMessageMalformed");
  });
});

function replacePart(text: string, index: number, replace: (part: string) => string): string {
  return text
    .split(".")
    .map((part, at) => (at === index ? replace(part) : part))
    .join(".");
}

function replaceHeader(text: string, replace: (header: object) => object): string {
  return replacePart(text, 0, (part) =>
    encodeBase64url(
      Buffer.from(
        JSON.stringify(replace(JSON.parse(Buffer.from(part, "base64url").toString()) as object)),
      ),
    ),
  );
}
