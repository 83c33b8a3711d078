import type { ErrorCode } from "@databox-cmk/errors";
import { MESSAGE_TYPES, offlineChallenge, type OfflineChallenge } from "@databox-cmk/protocol";

import { type ChallengeRecord, decideChallenge } from "../../core/decide-offline.ts";
import { failed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import type { Store } from "../../store/store.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs } from "../message/device-dependencies.ts";
import type { DeviceNode } from "../message/device-node.ts";
import { deviceVerb } from "../message/device-verb.ts";
import { withheldRepeat } from "../message/final-facts.ts";
import {
  type DeviceExchange,
  type DeviceMessage,
  repeatGrant,
} from "../message/serve-device-message.ts";
import type { SignedAnswer } from "../message/signed-answer.ts";
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
      if (!device.ok) {
        if (!MISCOPIED.has(device.failure.code)) return device;
        // Each has an audit row, and a person who may carry a challenge can carry anything.
        const retryAfterSeconds = dependencies.limit(`carried ${message.carriedBy?.order ?? ""}`);
        return retryAfterSeconds === undefined
          ? failed({ ...device.failure, reason: "carried" })
          : failed({ code: "RateLimited", retryAfterSeconds });
      }
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

/** To the person who carries the answer away, maybe another one. */
function repeatTo(
  dependencies: Needs<"commit" | "appendAudit">,
  message: DeviceMessage,
  { node, challenge }: { readonly node: DeviceNode; readonly challenge: OfflineChallenge },
  text: string,
): Promise<Outcome<SignedAnswer>> {
  const { challengeId } = challenge;
  const detail = { challengeId, reason: message.carriedBy?.reason };
  return repeatGrant(
    dependencies,
    { action: "offline-unlock", message, sender: node, detail },
    { status: 200, text },
    (store) => withheldRepeat(store, "repeated carried answer", node, { text }),
  );
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
