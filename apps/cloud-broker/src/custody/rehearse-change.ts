import type { KeyChoice } from "../core/order.ts";
import type { KeySubject, KeyValidation, Outcome } from "../core/ports.ts";
import { moveAll, validateChoice } from "./change-key.ts";
import { loadKeyInForce } from "./key-in-force.ts";

/**
 * A change without its commit: the only proof that the old key still opens the envelopes and the
 * new one can replace it.
 */
export async function rehearseChange(
  deps: Parameters<typeof validateChoice>[0],
  subject: KeySubject,
  choice: KeyChoice,
): Promise<Outcome<KeyValidation>> {
  const validation = await validateChoice(deps, subject, choice);
  if (!validation.outcome.ok) return validation.outcome;
  const inForce = await loadKeyInForce(deps.store, subject.order);
  if (inForce === undefined) return { ok: true, value: validation };
  const { kid } = validation.outcome.value;
  const moved = await moveAll(deps, { subject, choice }, inForce, kid);
  return moved.ok ? { ok: true, value: validation } : moved;
}
