import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { checkBroker, commandActs } from "@databox-cmk/conformance";
import { createOrder } from "@databox-cmk/local-stack";
import { createHttpsTransport } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openWorld, type World } from "../harness/open-world.ts";
import { CONFORMANCE_ACTS } from "../harness/programs.ts";

const DECIDE_UNLOCK = "/core/decide-unlock.ts";
const DECIDE_RECEIPT = "/core/decide-receipt.ts";
const DECIDE_ENROLMENT = "/core/decide-enrolment.ts";
const DECIDE_RENEWAL = "/core/decide-renewal.ts";
const DECIDE_REKEY = "/core/decide-rekey.ts";
const DECIDE_JOURNAL = "/core/decide-journal.ts";
const DECIDE_OFFLINE = "/core/decide-offline.ts";
const DECIDE_RELEASE = "/core/decide-release.ts";

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
  "is wrong after the delivery": [
    [
      DECIDE_RENEWAL,
      "if (request.lease !== facts.leaseOfPath)",
      'if (request.lease === "")',
      "a lease that is not that of the path: DeviceMessageMalformed",
    ],
    [
      DECIDE_RENEWAL,
      "request.bootId !== lease.bootId &&",
      'request.bootId === "" &&',
      "another boot: LeaseInvalid",
      "a request with another boot: LeaseInvalid",
    ],
    [
      DECIDE_RENEWAL,
      'lease.state === "superseded" || lease.state === "closed"',
      "lease.sequence < 0",
      "a renewal of a closed lease: LeaseInvalid",
    ],
    [
      DECIDE_RENEWAL,
      "sequence === lease.sequence || sequence === lease.sequence - 1",
      "sequence >= lease.sequence - 2",
      "two steps behind: LeaseInvalid",
      "a step ahead: LeaseInvalid",
    ],
    [
      "/release/leases/order-relock.ts",
      "    lease: request.lease,\n",
      '    lease: "00000000-0000-4000-8000-000000000000",\n',
      "orders a watching node to close",
      "orders a node that renews to close, each time",
    ],
    [
      DECIDE_REKEY,
      "if (request.env === env) return",
      'if (request.env !== "") return',
      "a request with another envelope: EnvelopeMismatch",
    ],
    [
      DECIDE_REKEY,
      " ?? suiteFailure(request.hpke.suite, facts)",
      "",
      "a request with a weaker suite: SuiteDowngrade",
    ],
    [
      "/custody/commit-rekey.ts",
      '.where("id", "=", rekey)\n    .where("committed_at_ms"',
      '.where("committed_at_ms"',
      "a confirmation of something else puts nothing in force",
    ],
    [
      DECIDE_JOURNAL,
      "forked !== undefined",
      "forked === null",
      "a fork: JournalBroken",
      "two rows in one place at once: at most one is taken",
    ],
    [
      DECIDE_JOURNAL,
      "firstNew.sequence !== expected",
      "firstNew.sequence < expected",
      "a gap: JournalBroken",
    ],
    [
      "/release/journal/journal-exchange.ts",
      "altered !== -1",
      "altered < -1",
      "a row that was changed: DeviceMessageMalformed",
    ],
    [
      DECIDE_OFFLINE,
      'code: "ReplayDetected",\n      detail: "challengeId: used by',
      'code: "NonceExpired",\n      detail: "challengeId: used by',
      "a challenge with the id of another challenge: ReplayDetected",
    ],
    [
      DECIDE_OFFLINE,
      'answer !== "" && nowMs',
      'answer === "" && nowMs',
      "gives the same challenge the same answer",
    ],
    [
      "/release/offline/offline-exchange.ts",
      "device.value.order === message.carriedBy?.order",
      "device.ok",
      "a challenge of a node of another order: OrderMismatch",
    ],
    [
      DECIDE_RELEASE,
      'code: "ApprovalRejected"',
      'code: "ApprovalExpired"',
      "a rejected request: ApprovalRejected",
    ],
    [
      DECIDE_RELEASE,
      'code: "ApprovalExpired", reason: approval.voidReason',
      'code: "ApprovalRejected", reason: approval.voidReason',
      "a new request makes the waiting one void: ApprovalExpired",
    ],
    [
      "/core/decide-node-erasure.ts",
      'code: "ErasureForbidden"',
      'code: "PurposeForbidden"',
      "a request before the copy is complete: ErasureForbidden",
      "a certificate before the copy is complete: ErasureForbidden",
    ],
  ],
};

/** Those of a stack, without those that take time or need the broker's process. */
const actsOf = (stackFile: string) =>
  commandActs(
    `case "$1" in pass|rotate) exit 77;; esac; '${process.execPath}' '${CONFORMANCE_ACTS}' '${stackFile}'`,
  );

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

test.each(Object.entries(WRONG_BROKERS))("a broker that %s fails", async (kind, changed) => {
  const isDelivered = kind.endsWith("after the delivery");
  const changes = changed.map(([file, was, becomes]) => ({ file, was, becomes }));
  await world.stack.restartBroker({
    CHANGES: JSON.stringify(changes),
    NODE_OPTIONS: `--import ${pathToFileURL(CHANGE_SOURCE).href}`,
  });
  const { caPem: certificateAuthorityPem, description } = world.stack;
  const origin = description.brokerUrl;
  const transport = createHttpsTransport({ origin, certificateAuthorityPem });
  const nodes = { own: await waitingNode(), foreign: await waitingNode() };
  const results = await checkBroker(
    transport,
    nodes,
    isDelivered ? actsOf(world.stack.stackFile) : undefined,
  );
  transport.close();
  const failed = results.filter(({ fault }) => fault !== undefined).map(({ name }) => name);
  expect(failed.toSorted()).toEqual(changed.flatMap(([, , , ...told]) => told).toSorted());
});
