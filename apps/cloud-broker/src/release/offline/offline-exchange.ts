import { messageHash } from "@databox-cmk/crypto";
import type { ErrorCode } from "@databox-cmk/errors";
import { MESSAGE_TYPES, offlineChallenge, type OfflineChallenge } from "@databox-cmk/protocol";

import { type ChallengeRecord, decideChallenge } from "../../core/decide-offline.ts";
import { failed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";
import { commitUnlessWithdrawn, Withdrawn } from "../../store/withdrawn.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs } from "../message/device-dependencies.ts";
import type { DeviceNode } from "../message/device-node.ts";
import { deviceVerb } from "../message/device-verb.ts";
import {
  actorOf,
  type DeviceExchange,
  type DeviceMessage,
} from "../message/serve-device-message.ts";
import type { SignedAnswer } from "../message/signed-answer.ts";
import { withheldRepeat } from "../unlock/final-facts.ts";
import { releaseTo, type UnlockDependencies } from "../unlock/unlock.ts";
import { offlineChannel } from "./offline-channel.ts";

export type OfflineDependencies = UnlockDependencies & Needs<"limit" | "findDevice">;

const carriedChallenge = deviceVerb({
  action: "offline-unlock",
  type: MESSAGE_TYPES.offlineChallenge,
  schema: offlineChallenge,
  comparesNode: true,
  repeats: "own",
  answer: answerCarried,
});

/** The unlock of a node without network: the same steps as every unlock. */
export function offlineExchange(
  dependencies: OfflineDependencies,
): DeviceExchange<AuthenticDevice> {
  const exchange = carriedChallenge(dependencies);
  return {
    ...exchange,
    async authenticate(message) {
      const device = await exchange.authenticate(message);
      if (!device.ok)
        return MISCOPIED.has(device.failure.code)
          ? failed({ ...device.failure, reason: "carried" })
          : device;
      // The person is authorised for the order of the path only.
      return device.value.order === message.carriedBy?.order ? device : failed(ANOTHER_ORDER);
    },
  };
}

/** What a text becomes that was cut, or whose letters were misread. */
const MISCOPIED: ReadonlySet<ErrorCode> = new Set([
  "DeviceMessageMalformed",
  "DeviceNotAuthenticated",
]);
const ANOTHER_ORDER = {
  code: "OrderMismatch",
  detail: "challenge: of a node of another order",
} as const;

async function answerCarried(
  dependencies: UnlockDependencies,
  message: DeviceMessage,
  { node }: AuthenticDevice,
  challenge: OfflineChallenge,
): Promise<Outcome<SignedAnswer>> {
  const { carriedBy: carrier } = message;
  if (carrier === undefined) return failed(ANOTHER_ORDER);
  const repeat = (answer: string) => repeatTo(dependencies, message, { node, challenge }, answer);
  const readStep = async () =>
    decideChallenge(
      message.hash,
      await findRecord(dependencies.store, challenge),
      dependencies.now(),
    );
  const step = await readStep();
  if (!step.ok) return step;
  if (step.value.kind === "repeat") return repeat(step.value.answer);
  const isAgain = step.value.kind === "again";
  const channel = offlineChannel(dependencies, { message, carrier, challenge, node, isAgain });
  const outcome = await releaseTo(dependencies, {
    message,
    node,
    request: challenge,
    channel,
  });
  if (outcome.ok) return outcome;
  // Another replica may have answered the same message first: then its answer is used.
  const meanwhile = await readStep();
  return meanwhile.ok && meanwhile.value.kind === "repeat"
    ? repeat(meanwhile.value.answer)
    : outcome;
}

/** The person who carries the answer away, maybe another one, has a row of the audit log. */
async function repeatTo(
  { commit, appendAudit }: Needs<"commit" | "appendAudit">,
  message: DeviceMessage,
  { node, challenge }: { readonly node: DeviceNode; readonly challenge: OfflineChallenge },
  text: string,
): Promise<Outcome<SignedAnswer>> {
  const { order, serial } = node;
  const work = async (transaction: StoreTransaction) => {
    await appendAudit(transaction, order, {
      action: "offline-unlock",
      actor: actorOf(message, node),
      outcome: "done",
      serial,
      requestHash: message.hash,
      correlationId: message.correlationId,
      detail: {
        repeated: true,
        challengeId: challenge.challengeId,
        reason: message.carriedBy?.reason,
        grantHash: messageHash(text),
      },
    });
    const withheld = await withheldRepeat(transaction, "repeated carried answer", node, { text });
    if (withheld !== undefined) throw new Withdrawn(withheld);
  };
  const repeated = await commitUnlessWithdrawn(commit, work, { order });
  return repeated.ok ? { ok: true, value: { status: 200, text } } : repeated;
}

async function findRecord(
  store: Store,
  { challengeId }: OfflineChallenge,
): Promise<ChallengeRecord | undefined> {
  const row = await store
    .selectFrom("offline_unlocks")
    .select(["request_hash", "answer", "granted_at_ms"])
    .where("challenge_id", "=", challengeId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { answer, granted_at_ms: atMs } = row;
  return {
    requestHash: row.request_hash,
    granted: answer === null || atMs === null ? undefined : { atMs, answer },
  };
}
