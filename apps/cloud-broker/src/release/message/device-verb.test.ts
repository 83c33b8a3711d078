import { generateSigningKey, signMessage } from "@databox-cmk/crypto";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";

import { EMPTY_MESSAGE } from "../../../test/device/empty-message.ts";
import { foldOrderId } from "../../core/order.ts";
import type { AuthenticDevice } from "./authenticate-device.ts";
import { deviceVerb } from "./device-verb.ts";

const ORDER = foldOrderId("/order");
const SAID = { order: ORDER, serial: "DBX-1", counter: 1 };
const DONE = { ok: true, value: { status: 200, text: "done" } } as const;

const verb = (comparesNode?: true) => {
  const exchange = deviceVerb({
    action: "renew",
    type: MESSAGE_TYPES.leaseRenewal,
    schema: z.strictObject({ order: z.string(), serial: z.string(), counter: z.number() }),
    comparesNode,
    answer: () => Promise.resolve(DONE),
  });
  return exchange({ limit: () => undefined, findDevice: () => Promise.resolve(undefined) });
};

const answerTo = (payload: object, comparesNode?: true) => {
  const sender = { order: ORDER, serial: "DBX-1", payload } as unknown as AuthenticDevice;
  return verb(comparesNode).answer(EMPTY_MESSAGE, sender);
};

describe("an exchange with a device", () => {
  test("answers a message of the node that signed it", async () => {
    expect(await answerTo(SAID)).toEqual(DONE);
  });

  test.each([
    ["another order", { order: "/other" }],
    ["another node", { serial: "DBX-2" }],
  ])("refuses a message for %s", async (_name, change) => {
    const said = { ...SAID, ...change };
    expect(await answerTo(said)).toMatchObject({ failure: { code: "OrderMismatch" } });
    expect(await answerTo(said, true)).toEqual(DONE);
  });

  test("refuses a message of another shape, by the name of the member", async () => {
    expect(await answerTo({ ...SAID, counter: "1" })).toMatchObject({
      failure: { code: "DeviceMessageMalformed", detail: "counter: expected number" },
    });
  });

  test("refuses a message by an unknown key", async () => {
    const { key } = generateSigningKey();
    const text = await signMessage(key, MESSAGE_TYPES.leaseRenewal, SAID);
    expect(await verb().authenticate({ ...EMPTY_MESSAGE, text })).toMatchObject({
      failure: { code: "DeviceNotAuthenticated" },
    });
  });
});
