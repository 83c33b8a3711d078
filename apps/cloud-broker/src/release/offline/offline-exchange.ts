import { MESSAGE_TYPES, offlineChallenge, type OfflineChallenge } from "@databox-cmk/protocol";

import { type ChallengeRecord, decideChallenge } from "../../core/decide-offline.ts";
import { failed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import type { Store } from "../../store/store.ts";
import { findRevocation } from "../kill-switches/revocations.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs } from "../message/device-dependencies.ts";
import type { DeviceNode } from "../message/device-node.ts";
import { deviceVerb } from "../message/device-verb.ts";
import type { DeviceExchange, DeviceMessage } from "../message/serve-device-message.ts";
import type { SignedAnswer } from "../message/signed-answer.ts";
import { releaseTo, type UnlockDependencies } from "../unlock/unlock.ts";
import { offlineWay } from "./offline-way.ts";

export type OfflineDependencies = UnlockDependencies & Needs<"limit" | "findDevice">;

const carriedChallenge = deviceVerb({
  action: "offline-unlock",
  type: MESSAGE_TYPES.offlineChallenge,
  schema: offlineChallenge,
  comparesNode: true,
  knowsRepeats: true,
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
      // The person is authorised for the order of the path only.
      return device.ok && device.value.order !== message.carriedBy?.order
        ? failed(ANOTHER_ORDER)
        : device;
    },
  };
}

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
  const { store, now } = dependencies;
  const record = await findRecord(store, challenge);
  const step = decideChallenge(message.hash, record, now());
  if (!step.ok) return step;
  if (step.value.kind === "repeat") return repeat(store, node, step.value.answer);
  const isAgain = step.value.kind === "again";
  const way = offlineWay(dependencies, { message, carrier, challenge, node, isAgain });
  const outcome = await releaseTo(dependencies, {
    message,
    node,
    request: challenge,
    way,
  });
  if (outcome.ok) return outcome;
  // Another replica may have answered the same message first: then its answer is used.
  const meanwhile = await findRecord(store, challenge);
  return meanwhile?.granted !== undefined && meanwhile.requestHash === message.hash
    ? repeat(store, node, meanwhile.granted.answer)
    : outcome;
}

async function repeat(
  store: Store,
  node: DeviceNode,
  answer: string,
): Promise<Outcome<SignedAnswer>> {
  const revocation = await findRevocation(store, node.order, node.serial);
  if (revocation !== undefined) return failed(revocation);
  return { ok: true, value: { status: 200, text: answer } };
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
