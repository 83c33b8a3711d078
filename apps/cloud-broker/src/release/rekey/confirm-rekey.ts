import {
  MESSAGE_TYPES,
  rekeyConfirmation,
  type RekeyConfirmation,
  type Rekeyed,
} from "@databox-cmk/protocol";

import { recorded } from "../../audit/record.ts";
import type { Outcome } from "../../core/ports.ts";
import { commitRekey } from "../../custody/commit-rekey.ts";
import {
  parseDeviceShare,
  requireShareOfProposal,
  storeDeviceShare,
} from "../../custody/device-shares.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs, Recording } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import { actorOf, type DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer, signEnvelope } from "../message/signed-answer.ts";
import { useCounter } from "../message/use-counter.ts";

/**
 * Puts a proposal in force. The answer is always the current envelope: a node that lost its last
 * answer asks again.
 */
export const confirmationExchange = deviceVerb({
  action: "rekey",
  type: MESSAGE_TYPES.rekeyConfirmation,
  schema: rekeyConfirmation,
  answer: confirm,
});

async function confirm(
  dependencies: Recording & Needs<"custody" | "store">,
  message: DeviceMessage,
  sender: AuthenticDevice,
  { rekey, counter, journalHead, bootId, extensions }: RekeyConfirmation,
): Promise<Outcome<SignedAnswer>> {
  const { order, serial } = sender;
  const share = parseDeviceShare(extensions?.["deviceShare"], sender);
  if (!share.ok) return share;
  const known = await requireShareOfProposal(dependencies.store, sender, rekey, share.value);
  if (!known.ok) return known;
  const counted = await useCounter(dependencies, sender, counter);
  if (!counted.ok) return counted;
  const { custody, keys, appendAudit, now } = dependencies;
  const { hash: requestHash, correlationId } = message;
  const context = { actor: actorOf(message, sender), correlationId };
  const deed = { chain: order, action: "rekey", context } as const;
  const row = recorded(appendAudit, deed, async (transaction) => {
    const deviceShareFor = await storeDeviceShare(transaction, sender, share.value, now());
    return { serial, requestHash, detail: { rekey, bootId, journalHead, deviceShareFor } };
  });
  await commitRekey(dependencies, { order, serial, rekey, alsoCommit: row });
  const held = await custody.hold(order, serial);
  if (!held.ok) return held;
  const payload: Rekeyed = {
    requestHash,
    order,
    serial,
    envelope: await signEnvelope(keys.signing, held.value.envelope),
  };
  return { ok: true, value: await signAnswer(keys.signing, MESSAGE_TYPES.rekeyed, payload) };
}
