import { createAppendAudit } from "../../audit/append-audit.ts";
import type { BrokerConfig } from "../../config/config.ts";
import { openConfiguredStore } from "../open-data-dir.ts";
import {
  confirmRestores,
  describeLost,
  listAhead,
  listUnconfirmed,
  renderLost,
  tellRestore,
  timeOf,
} from "../restore/restores.ts";

/** Tells, and confirms, what a restored database has lost. @returns lines for the operator */
export async function showRestores(
  config: BrokerConfig,
  { since, confirm }: { readonly since?: number; readonly confirm?: string },
): Promise<readonly string[]> {
  await using store = await openConfiguredStore(config);
  const deps = { store, appendAudit: createAppendAudit({ now: Date.now }), now: Date.now };
  if (since !== undefined) await tellRestore(deps, since);
  const restores = await listUnconfirmed(store);
  if (restores.length === 0) return ["nothing to confirm"];
  const ahead = await listAhead(store, restores[0]?.found_at_ms ?? 0);
  const lines = restores.flatMap(({ found_at_ms, since_ms, lost }) => [
    `found ${timeOf(found_at_ms)}: decisions since ${timeOf(since_ms)} may be missing; known are ${renderLost(lost)}`,
    ...describeLost(lost).map((line) => `  ${line}`),
  ]);
  lines.push(`appliances that know more than the database: ${String(ahead.length)}`);
  lines.push(...ahead.map((line) => `  ${line}`));
  if (confirm === undefined) return [...lines, "confirm it: broker restored --confirm REASON"];
  await confirmRestores(deps, confirm);
  return [...lines, "confirmed"];
}
