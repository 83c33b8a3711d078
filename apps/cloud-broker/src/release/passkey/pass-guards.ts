import { withheldBy } from "../../core/decide-reveal.ts";
import { failed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import { type Began, withheldFrom } from "../../core/ways-out.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { lifecycleOf, type Order } from "../../orders/order.ts";
import { findBreakGlass } from "../approvals/break-glass.ts";
import { readSwitches } from "../kill-switches/revocations.ts";
import { readUnlockPolicy } from "../policy/read-unlock-policy.ts";

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
  order: Order,
  began?: Began,
): Promise<Outcome<Passed>> {
  const switches = await readSwitches(store, order.id, undefined);
  const withheld = withheldFrom(way, { order: lifecycleOf(order), ...switches }, began ?? switches);
  if (withheld !== undefined) return failed(withheld);
  const policy = await readUnlockPolicy(store, order.id, settings.defaultPolicy);
  const byPolicy = withheldBy(policy, now());
  if (byPolicy === undefined) return { ok: true, value: switches };
  const breakGlass = policy.release.breakGlass
    ? await findBreakGlass(store, order.id, undefined, now())
    : undefined;
  return breakGlass === undefined
    ? failed(byPolicy)
    : { ok: true, value: { ...switches, breakGlass } };
}
