import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { checkBroker } from "@databox-cmk/conformance";
import { createOrder } from "@databox-cmk/local-stack";
import { createHttpsTransport } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openWorld, type World } from "../harness/open-world.ts";

const DECIDE_UNLOCK = "/core/decide-unlock.ts";
const DECIDE_RECEIPT = "/core/decide-receipt.ts";
const DECIDE_ENROLMENT = "/core/decide-enrolment.ts";

/** A text of a source of our broker, the text in its place, and the cases that tell it. */
type Change = readonly [file: string, was: string, becomes: string, ...told: readonly string[]];

/**
 * Four wrong brokers. Some checks of our broker stand twice, so that one of them can only be given
 * another code here.
 */
const WRONG_BROKERS: Readonly<Record<string, readonly Change[]>> = {
  "compares too little": [
    [DECIDE_UNLOCK, "  checkNonce,\n", "", "replayed: a nonce of another device: NonceInvalid"],
    [
      DECIDE_UNLOCK,
      "  checkOrder,\n",
      "",
      "cross-order: for the order of another device: OrderMismatch",
    ],
    [
      DECIDE_UNLOCK,
      "  checkEnvelope,\n",
      "",
      "cross-order: with the envelope of another device: EnvelopeMismatch",
      "rolled back: a generation that the broker has not reached: GenerationRollback",
    ],
    [
      DECIDE_UNLOCK,
      "  checkSuite,\n",
      "",
      "downgraded: a weaker suite than was enrolled: SuiteDowngrade",
    ],
    [
      "/core/ways-out.ts",
      "if (purpose !== undefined) return checkPurpose(order, purpose);",
      "if (purpose !== undefined) return undefined;",
      "a purpose of another stage: PurposeForbidden",
    ],
    [
      DECIDE_RECEIPT,
      "if (grant.receiptOutcome === receipt.outcome) return",
      "return",
      "refuses another outcome: ReplayDetected",
    ],
    [
      "/release/enrolment/enrolment.ts",
      "if (node === undefined || !isCode)",
      "if (node === undefined)",
      "refuses another code: EnrolmentCodeInvalid",
    ],
    [
      "/src/device/fields.ts",
      "z.strictObject({ ...shape, ext",
      "z.looseObject({ ...shape, ext",
      "malformed: an unknown member: DeviceMessageMalformed",
    ],
    [
      "/src/device/fields.ts",
      "16 * 1024",
      "64 * 1024",
      "a message that is too long, without a signature: 413",
    ],
  ],
  "says other codes": [
    [
      DECIDE_UNLOCK,
      'code: "ReplayDetected", detail: "nonce: used by',
      'code: "NonceExpired", detail: "nonce: used by',
      "replayed: another message with a used nonce: ReplayDetected",
    ],
    [
      DECIDE_UNLOCK,
      'code: "CounterRollback"',
      'code: "ReplayDetected"',
      "rolled back: a counter that was used: CounterRollback",
    ],
    [
      DECIDE_RECEIPT,
      'code: "OrderMismatch"',
      'code: "LeaseInvalid"',
      "refuses one for a grant that does not exist: OrderMismatch",
    ],
    [
      DECIDE_ENROLMENT,
      'code: "EnrolmentConflict"',
      'code: "EnrolmentCodeInvalid"',
      "refuses another key: EnrolmentConflict",
    ],
    [
      "/release/message/authenticate-device.ts",
      "if (error instanceof CryptoError) return malformed(error.message);",
      'if (error instanceof CryptoError) return failed({ code: "DeviceNotAuthenticated" });',
      "malformed: no JWS: DeviceMessageMalformed",
    ],
  ],
  "keeps and verifies too little": [
    [
      DECIDE_RECEIPT,
      'prepare: ["prepared", "failed"]',
      'prepare: ["failed"]',
      "acknowledges the outcome, and the same again",
      "refuses another outcome: ReplayDetected",
    ],
    [
      "/release/message/authenticate-device.ts",
      "payload = verifyOrNothing(read.value, type, node?.key ?? { ...decoy, kid })",
      'payload = JSON.parse(String(Buffer.from(text.split(".")[1] ?? "", "base64url")))',
      "wrongly signed: changed after signing: DeviceNotAuthenticated",
    ],
    [
      "/src/sealing/sealing.ts",
      "databox-cmk/unlock/v1",
      "databox-cmk/unlock/v2",
      "grants, and seals the content key to the request",
    ],
    [
      "/release/message/stored-answers.ts",
      "if (row === undefined) return undefined;",
      "if (row !== null) return undefined;",
      "gives the same bytes the same answer",
    ],
  ],
  "enrols no node": [
    [
      DECIDE_ENROLMENT,
      "node.codeExpiresAtMs <= nowMs",
      "node.codeExpiresAtMs > nowMs",
      "answers the code of the order",
      "answers the same key again",
    ],
  ],
};

const CHANGE_SOURCE = join(import.meta.dirname, "change-source.mjs");
const CLOUD_BROKER = import.meta.resolve("@databox-cmk/cloud-broker");
let world: World;
beforeAll(async () => {
  world = await openWorld(() => ({
    // Its sources, without what the bundle has made of them.
    brokerMain: fileURLToPath(new URL("main.ts", CLOUD_BROKER)),
    brokerEnvironment: { RATE_LIMIT_DEVICE_PER_MINUTE: "0" },
  }));
});
afterAll(() => world[Symbol.asyncDispose]());

let count = 0;
async function waitingNode() {
  count += 1;
  const order = await createOrder(world.customerContext, `wrong-${String(count)}`);
  const serial = `DBX-${String(count)}`;
  const [made] = await world.operator.prepare(order.id, [serial]);
  return { order: order.id.toLowerCase(), serial, code: made?.enrolmentCode ?? "" };
}

test.each(Object.entries(WRONG_BROKERS))("a broker that %s fails", async (_name, changed) => {
  const changes = changed.map(([file, was, becomes]) => ({ file, was, becomes }));
  await world.stack.restartBroker({
    CHANGES: JSON.stringify(changes),
    NODE_OPTIONS: `--import ${pathToFileURL(CHANGE_SOURCE).href}`,
  });
  const { caPem: certificateAuthorityPem, description } = world.stack;
  const origin = description.brokerUrl;
  const transport = createHttpsTransport({ origin, certificateAuthorityPem });
  const nodes = { own: await waitingNode(), foreign: await waitingNode() };
  const results = await checkBroker(transport, nodes);
  transport.close();
  const failed = results.filter(({ fault }) => fault !== undefined).map(({ name }) => name);
  expect(failed.toSorted()).toEqual(changed.flatMap(([, , , ...told]) => told).toSorted());
});
