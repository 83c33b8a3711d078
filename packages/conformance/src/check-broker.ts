import { messageHash } from "@databox-cmk/crypto";
import { DEVICE_MESSAGE_MAX_BYTES, DEVICE_ROUTES } from "@databox-cmk/protocol";
import { DeviceClient, type Transport } from "@databox-cmk/testkit";

import {
  type Act,
  type BrokerWorld,
  type OtherWorld,
  unlessAnswered,
  unlessDenied,
} from "./broker/broker-world.ts";
import { checkApprovals } from "./broker/check-approvals.ts";
import { checkBrokerKeys } from "./broker/check-broker-keys.ts";
import { checkCarried } from "./broker/check-carried.ts";
import { checkErasure } from "./broker/check-erasure.ts";
import { checkExpiry } from "./broker/check-expiry.ts";
import { checkJournal } from "./broker/check-journal.ts";
import { checkLeases } from "./broker/check-leases.ts";
import { checkLimits } from "./broker/check-limits.ts";
import { checkExport, checkPurposes } from "./broker/check-purposes.ts";
import { checkRekeying } from "./broker/check-rekeying.ts";
import { checkSplit } from "./broker/check-split.ts";
import { FOREIGN_UNLOCKS, type Known } from "./foreign-unlocks.ts";
import { attempt, type Result, type Say } from "./result.ts";

/** A node that waits for its enrolment, in an order at the stage DevicePrepared. */
export type WaitingNode = {
  readonly order: string;
  readonly serial: string;
  readonly code: string;
  /** Thumbprints of the order's recovery keys, as URNs. */
  readonly recoveryKeys?: readonly string[] | undefined;
};

/** Each has a node of its own. */
const OTHER_PARTS = [
  { part: "split", check: checkSplit },
  { part: "export", check: checkExport },
] as const satisfies readonly { part: string; check: (world: OtherWorld) => Promise<void> }[];

/** Two nodes of different imports; one in split custody, and one of an export, may be absent. */
export type WaitingNodes = Readonly<Record<"own" | "foreign", WaitingNode>> &
  Readonly<Partial<Record<(typeof OTHER_PARTS)[number]["part"], WaitingNode | undefined>>>;

/** In this order: each uses the node as the one before has left it. */
const DELIVERED_PARTS = {
  leases: checkLeases,
  rekeying: checkRekeying,
  journal: checkJournal,
  "broker keys": checkBrokerKeys,
  carried: checkCarried,
  approvals: checkApprovals,
  expiry: checkExpiry,
  "windows and purposes": checkPurposes,
  limits: checkLimits,
  erasure: checkErasure,
} as const satisfies Record<string, (world: BrokerWorld) => Promise<void>>;

/**
 * Plays the agent for a broker: every message of the device API, races, and messages to refuse.
 * Stops if the first node cannot be enrolled.
 *
 * @param nodes - all are used up.
 * @param act - absent: the parts after the preparation are not checked.
 */
export async function checkBroker(
  transport: Transport,
  nodes: WaitingNodes,
  act?: Act,
  say?: Say,
): Promise<readonly Result[]> {
  const { own, foreign } = nodes;
  const device = new DeviceClient({ transport, ...own });
  const stranger = new DeviceClient({ transport, ...foreign });
  const results: Result[] = [];
  const run = async (suite: string, name: string, work: () => Promise<string | undefined>) => {
    results.push(await attempt(`broker: ${suite}`, name, work, say));
  };
  await run("enrolment", "answers the code of the order", async () =>
    unlessAnswered(await device.enrol(own.code)),
  );
  await run("enrolment", "answers the same key again", async () =>
    unlessAnswered(await device.enrol(own.code)),
  );
  if (results.some(({ fault }) => fault !== undefined)) return results;
  await run("enrolment", "refuses another key: EnrolmentConflict", async () => {
    const other = new DeviceClient({ transport, ...own });
    other.brokerKeys = device.brokerKeys;
    return unlessDenied(await other.enrol(own.code), "EnrolmentConflict");
  });
  await run("enrolment", "refuses another code: EnrolmentCodeInvalid", async () => {
    stranger.brokerKeys = device.brokerKeys;
    return unlessDenied(await stranger.enrol(own.code), "EnrolmentCodeInvalid");
  });
  await run("enrolment", "answers the other node", async () =>
    unlessAnswered(await stranger.enrol(foreign.code)),
  );
  const honest = await device.prepareUnlock("prepare");
  let grantText = "";
  await run("unlock", "grants, and seals the content key to the request", async () => {
    const answer = await device.sendUnlock(honest);
    if (answer.kind !== "answer") return unlessAnswered(answer);
    grantText = answer.text;
    const contentKey = await device.open(answer.value, honest);
    return contentKey.byteLength === 32 ? undefined : "the content key does not have 32 bytes";
  });
  await run("unlock", "gives the same bytes the same answer", async () => {
    const { text } = await device.post(DEVICE_ROUTES.unlocks, honest.text);
    return text === grantText ? undefined : "another answer";
  });
  await run("unlock", "two messages with one nonce at once: at most one is granted", async () => {
    const { nonce } = await device.challenge();
    const both = [
      await device.prepareUnlock("prepare", {}, nonce),
      await device.prepareUnlock("prepare", {}, nonce),
    ];
    const answers = await Promise.all(both.map((each) => device.sendUnlock(each)));
    const granted = answers.filter(({ kind }) => kind === "answer").length;
    return granted <= 1 ? undefined : "both were granted";
  });
  const known: Known = {
    usedNonce: honest.request.nonce,
    foreignNonce: (await stranger.challenge()).nonce,
    stranger,
  };
  for (const [name, { code, status, tamper }] of Object.entries(FOREIGN_UNLOCKS))
    await run("refusal", `${name}: ${code}`, async () => {
      const { text } = await device.prepareUnlock("prepare", tamper(known));
      const answer = await device.post(DEVICE_ROUTES.unlocks, text);
      const denial = device.readDenial(answer, text);
      if (denial.code !== code) return `was answered ${denial.code}`;
      return answer.status === status ? undefined : `has the status ${String(answer.status)}`;
    });
  await run("refusal", "a purpose of another stage: PurposeForbidden", async () =>
    unlessDenied((await device.unlock("unlock")).answer, "PurposeForbidden"),
  );
  await run("receipt", "acknowledges the outcome, and the same again", async () => {
    const first = await device.receipt(grantText, "prepared");
    return unlessAnswered(first) ?? unlessAnswered(await device.receipt(grantText, "prepared"));
  });
  await run("receipt", "refuses another outcome: ReplayDetected", async () =>
    unlessDenied(await device.receipt(grantText, "failed"), "ReplayDetected"),
  );
  await run("receipt", "refuses one for a grant that does not exist: OrderMismatch", async () => {
    const grantHash = messageHash("no grant");
    const payload = (receipt: object) => ({ ...receipt, grantHash });
    const answer = await device.receipt(grantText, "prepared", { payload });
    return unlessDenied(answer, "OrderMismatch");
  });
  const notChecked = (part: string, reason: string) =>
    results.push({ suite: `broker: ${part}`, name: part, notChecked: reason });
  // Before the parts in which so much time passes that codes of enrolment expire.
  for (const { part, check } of OTHER_PARTS) {
    const node = nodes[part];
    if (node === undefined) notChecked(part, "needs a node");
    else if (act === undefined) notChecked(part, "needs --acts");
    else
      await check({
        run,
        act,
        device: new DeviceClient({ transport, ...node }),
        code: node.code,
        recoveryKeys: node.recoveryKeys ?? [],
      });
  }
  if (act === undefined)
    for (const part of Object.keys(DELIVERED_PARTS)) notChecked(part, "needs --acts");
  else {
    await run("delivery", "the nodes are prepared, and delivered", async () => {
      const { answer } = await stranger.unlock("prepare");
      if (answer.kind !== "answer") return unlessAnswered(answer);
      await stranger.receipt(answer.text, "prepared");
      for (const { order } of [own, foreign]) await act("deliver", order);
      return undefined;
    });
    // Every broker must ignore it, in each message.
    device.extensions = { "a-newer-version": { of: "the agent" } };
    for (const check of Object.values(DELIVERED_PARTS)) await check({ run, act, device, stranger });
  }
  // The last one, since a broker may close the connection after it.
  await run("refusal", "a message that is too long, without a signature: 413", async () => {
    const { status } = await device.post(
      DEVICE_ROUTES.unlocks,
      "x".repeat(DEVICE_MESSAGE_MAX_BYTES + 1),
    );
    return status === 413 ? undefined : `has the status ${String(status)}`;
  });
  return results;
}
