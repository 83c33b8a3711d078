import { MESSAGE_TYPES, unlockRequest } from "@databox-cmk/protocol";

import { failed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import { isForCopy } from "../../core/unlock-purposes.ts";
import { markStep } from "../../observability/trace.ts";
import type { ReleaseDependencies } from "../approvals/release-request.ts";
import type { Needs } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import { withheldRepeat } from "../message/final-facts.ts";
import { type SignedAnswer, signPending } from "../message/signed-answer.ts";
import { type NetworkDependencies, networkChannel } from "./network-channel.ts";
import {
  admit,
  decide,
  grantAndCommit,
  loadKnown,
  type UnlockAsked,
  unwrapAndSeal,
} from "./unlock-steps.ts";

export type UnlockDependencies = ReleaseDependencies & Needs<"custody" | "settings" | "keys">;

/** An unlock over the network. */
export const unlockExchange = deviceVerb({
  action: "unlock",
  type: MESSAGE_TYPES.unlockRequest,
  schema: unlockRequest,
  comparesNode: true,
  async answer(
    dependencies: UnlockDependencies & NetworkDependencies & Needs<"haltCopy">,
    message,
    { node },
    request,
  ) {
    const channel = networkChannel(dependencies, message, request, node);
    const outcome = await releaseTo(dependencies, { message, node, request, channel });
    if (!outcome.ok && isForCopy(request.purpose))
      await dependencies.haltCopy(
        node.order,
        { serial: node.serial, failure: outcome.failure },
        message.correlationId,
      );
    return outcome;
  },
  repeats: "refused",
  withholdsRepeat: (store, { node }, former) =>
    withheldRepeat(store, "repeated answer", node, former),
});

/** Answers with a grant or a pending message; a failure names the request's own figures. */
export async function releaseTo(
  dependencies: UnlockDependencies,
  asked: UnlockAsked,
): Promise<Outcome<SignedAnswer>> {
  const outcome = await takeSteps(dependencies, asked);
  if (outcome.ok) return outcome;
  const { purpose, counter, generation } = asked.request;
  const facts = { ...outcome.failure.facts, purpose, counter, generation };
  return failed({ ...outcome.failure, facts });
}

/**
 * Steps 4 to 7 of "The path of one unlock" (docs/design/architecture.md). Their order ensures that
 * a failed request has cost and revealed nothing more (docs/design/decisions/0007).
 */
async function takeSteps(
  dependencies: UnlockDependencies,
  asked: UnlockAsked,
): Promise<Outcome<SignedAnswer>> {
  const known = await loadKnown(dependencies, asked);
  if (known === undefined) return failed({ code: "DeviceNotAuthenticated" });
  const decided = decide(asked, known);
  if (!decided.ok) return decided;
  const admitted = await admit(dependencies, asked, known);
  if (!admitted.ok) return admitted;
  markStep("decision");
  const admission = admitted.value;
  // A request that waited for approvers was used up before they were asked.
  if (
    admission.kind === "ask" ||
    (admission.kind === "release" && admission.claim.approval === undefined)
  ) {
    if (known.facts.spent !== undefined) return failed(known.facts.spent);
    const used = await asked.channel.useUp();
    if (!used.ok) return used;
  }
  if (admission.kind !== "release") {
    const waiting = admission.kind === "ask" ? await admission.open() : admission;
    const { keys, now } = dependencies;
    const { message, request } = asked;
    const answer = await signPending(keys.signing, now(), message, request.agent, waiting);
    return { ok: true, value: answer };
  }
  markStep("nonce");
  const sealed = await unwrapAndSeal(asked, known);
  if (!sealed.ok) return sealed;
  markStep("seal");
  return grantAndCommit(dependencies, asked, known, {
    ...sealed.value,
    claim: admission.claim,
    sendEnvelope: decided.value.sendEnvelope,
  });
}
