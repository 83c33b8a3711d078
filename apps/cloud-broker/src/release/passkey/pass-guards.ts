import { withheldBy } from "../../core/decide-reveal.ts";
import { failed } from "../../core/failed.ts";
import type { OrderName } from "../../core/order.ts";
import type { Outcome } from "../../core/ports.ts";
import { type Began, withheldFrom } from "../../core/ways-out.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { findOrderId } from "../../orders/find-order.ts";
import { findBreakGlass } from "../approvals/break-glass.ts";
import { readFinalFacts } from "../message/final-facts.ts";

/** The facts that it began with, and the break-glass that overrides the policy. */
type Passed = Began & { readonly breakGlass?: string | undefined };

/**
 * The guards of a secret that a person gets and that opens the volumes of all nodes. They are read
 * before the vault's calls, and again in the transaction in which it leaves. Only a break-glass for
 * the whole order overrides the policy.
 *
 * @param began - undefined: it begins now
 */
export async function passGuards(
  { store, settings, now }: Plane<"store" | "now" | "settings">,
  way: "passkey" | "envelopes",
  name: OrderName,
  began?: Began,
): Promise<Outcome<Passed>> {
  const order = await findOrderId(store, name);
  const facts = await readFinalFacts(store, { order });
  const withheld = withheldFrom(way, facts, began ?? facts);
  if (withheld !== undefined || facts === undefined)
    return failed(withheld ?? { code: "InternalError" });
  const policy = facts.policy ?? settings.defaultPolicy;
  const byPolicy = withheldBy(policy, now());
  if (byPolicy === undefined) return { ok: true, value: facts };
  const breakGlass = policy.release.breakGlass
    ? await findBreakGlass(store, order, undefined, now())
    : undefined;
  return breakGlass === undefined
    ? failed(byPolicy)
    : { ok: true, value: { ...facts, breakGlass } };
}
