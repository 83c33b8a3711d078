import {
  leaseRenewal,
  type LeaseRenewal,
  MESSAGE_TYPES,
  type RenewedLease,
  type Siblings,
} from "@databox-cmk/protocol";

import { CLOCK_OFF } from "../../azure/vault-health.ts";
import { decideAgain, decideRenewal } from "../../core/decide-renewal.ts";
import { failed } from "../../core/failed.ts";
import type { OrderId } from "../../core/order.ts";
import type { Outcome } from "../../core/ports.ts";
import { leaseTermsOf } from "../../core/unlock-policy.ts";
import { compileTogether } from "../../store/fast/compile-together.ts";
import { readAtOnce } from "../../store/fast/send-at-once.ts";
import type { Store } from "../../store/store.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs, Recording } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import type { DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "../message/signed-answer.ts";
import { loadLease, type LoadedLease } from "./load-lease.ts";
import { orderRelock } from "./order-relock.ts";

/**
 * Answers with the next lease, or with the signed order to close. Calls no vault: the results of
 * probes are in the database.
 */
export const renewalExchange = deviceVerb({
  action: "renew",
  type: MESSAGE_TYPES.leaseRenewal,
  schema: leaseRenewal,
  answer: renew,
  repeats: "refused",
});

export type Renewing = Recording & Needs<"store" | "settings" | "clock" | "keepConnection">;

type Renewal = Pick<LeaseRenewal, "order" | "serial" | "lease" | "bootId" | "counter" | "sequence">;

/** @param waited - what the answer to a watch adds; it is decided once more, after its wait */
export async function renew(
  dependencies: Renewing,
  message: DeviceMessage,
  sender: AuthenticDevice,
  request: Renewal,
  waited?: { readonly heldMs: number; readonly siblings: Siblings | undefined },
): Promise<Outcome<SignedAnswer>> {
  const loaded = await readAtOnce(dependencies.store, (at) => loadLease(at, request.lease, sender));
  const decide = waited === undefined ? decideRenewal : decideAgain;
  const decision = decide(request, {
    ...loaded,
    node: sender,
    leaseOfPath: message.parameters["lease"] ?? "",
    nowMs: dependencies.now(),
  });
  const isRelock = decision.ok && decision.value.kind === "relock";
  // A lease of a wrong clock is invalid once the clock is right, and a right lease seems invalid.
  if (dependencies.clock.isOff() && !isRelock) return CLOCK_OFF;
  if (!decision.ok) return decision;
  if (decision.value.kind === "relock")
    return orderRelock(dependencies, message, sender, request, decision.value.failure);
  const answering = { message, order: sender.order, extensions: waited };
  return extend(dependencies, answering, request, loaded, decision.value);
}

export const conflict: Outcome<never> = failed({
  code: "LeaseInvalid",
  detail: "lease: it changed meanwhile; renew again",
});

type Advance = {
  readonly lease: string;
  readonly from: number;
  readonly to: number;
  readonly counter: number;
  readonly nowMs: number;
  readonly ttlSeconds: number;
  readonly outageGraceSeconds: number;
  readonly graceUntilReboot: 0 | 1;
};

const moveLease = compileTogether({
  lease: (store: Store, values: Advance) =>
    store
      .updateTable("leases")
      .set({
        sequence: values.to,
        last_counter: values.counter,
        renewed_at_ms: values.nowMs,
        ttl_seconds: values.ttlSeconds,
        outage_grace_seconds: values.outageGraceSeconds,
        grace_until_reboot: values.graceUntilReboot,
      })
      .where("id", "=", values.lease)
      .where("state", "=", "live")
      .where("sequence", "=", values.from)
      .where("last_counter", "<", values.counter),
});

/**
 * Extends the lease by the terms of the order's present policy, which also govern the node's next
 * outage. The counter is the compare-and-swap: of two messages with one counter, on any replica,
 * one is answered.
 */
async function extend(
  { store, commit, settings, keys, now, keepConnection }: Renewing,
  {
    message,
    order,
    extensions,
  }: Pick<RenewedLease, "extensions"> & {
    readonly message: DeviceMessage;
    readonly order: OrderId;
  },
  request: Renewal,
  { drill, policy = settings.defaultPolicy }: Pick<LoadedLease, "drill" | "policy">,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Outcome<SignedAnswer>> {
  const terms = leaseTermsOf(policy);
  const payload: RenewedLease = {
    requestHash: message.hash,
    order: request.order,
    serial: request.serial,
    lease: { id: request.lease, ...terms, sequence: to },
    drill,
    extensions,
  };
  const answer = await signAnswer(keys.signing, MESSAGE_TYPES.lease, payload);
  const refusedBy = await moveLease(
    { store, commit },
    {
      order,
      lease: request.lease,
      from,
      to,
      counter: request.counter,
      nowMs: now(),
      ttlSeconds: terms.ttlSeconds,
      outageGraceSeconds: terms.outageGraceSeconds,
      graceUntilReboot: terms.graceUntilReboot === true ? 1 : 0,
    },
  );
  if (refusedBy !== undefined) return conflict;
  keepConnection(`renewal ${request.lease}`);
  return { ok: true, value: answer };
}
