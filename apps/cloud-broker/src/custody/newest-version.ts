import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import { loadKeyInForce } from "./key-in-force.ts";
import { notGenerated, type ReleaseDependencies } from "./release-content-key.ts";
import { usableKeyOf } from "./usable-key.ts";

/** A fresh Get without a version, by the order's own identity. */
export async function readNewestVersion(
  deps: ReleaseDependencies,
  order: OrderId,
): Promise<Outcome<{ readonly kid: string }>> {
  const inForce = await loadKeyInForce(deps.store, order);
  if (inForce === undefined) return notGenerated;
  const usable = usableKeyOf(deps, inForce, inForce.identities, inForce.choice);
  if (!usable.ok) return usable;
  const { version: _pinned, ...newest } = usable.value.key;
  const key = await deps.reader.readUsable({ ...usable.value, key: newest });
  return key.ok ? { ok: true, value: { kid: key.value.kid } } : key;
}
