import { generateSigningKey, importVerifyKey, signMessage } from "@databox-cmk/crypto";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { EMPTY_MESSAGE } from "../../../test/device/empty-message.ts";
import { foldOrderId } from "../../core/order.ts";
import type { Carrier } from "../message/serve-device-message.ts";
import { type OfflineDependencies, offlineExchange } from "./offline-exchange.ts";

const ORDER = foldOrderId("/order");
const CARRIER: Carrier = {
  kind: "caller",
  isPerson: true,
  objectId: "ada",
  name: "ada@contoso.example",
  address: "",
  order: ORDER,
};

async function authenticate(carriedBy: Carrier | undefined) {
  const { key } = generateSigningKey();
  const verifyKey = importVerifyKey(key.publicJwk);
  const node = { order: ORDER, serial: "DBX-1", key: verifyKey };
  const dependencies = { limit: () => undefined, findDevice: () => Promise.resolve(node) };
  const message = {
    ...EMPTY_MESSAGE,
    text: await signMessage(key, MESSAGE_TYPES.offlineChallenge, {}),
    ...(carriedBy === undefined ? {} : { carriedBy }),
  };
  return offlineExchange(dependencies as unknown as OfflineDependencies).authenticate(message);
}

test("a challenge is taken from a person of its node's order", async () => {
  expect(await authenticate(CARRIER)).toMatchObject({ ok: true, value: { order: ORDER } });
});

test.each([
  ["a person of another order", { ...CARRIER, order: foldOrderId("/other") }],
  ["nobody", undefined],
])("a challenge that was carried by %s is OrderMismatch", async (_, carriedBy) => {
  expect(await authenticate(carriedBy)).toMatchObject({ failure: { code: "OrderMismatch" } });
});
