import { readJsonBody } from "../../http/json-body.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import type { EmulatorState } from "../../state/emulator-state.ts";
import { newLock } from "../authorization/locks.ts";
import type { ArmPath } from "../resource-id.ts";

const LOCK_NAME = "DATABOX_SERVICE";
const ACCOUNT =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+$/i;

/**
 * The service locks each storage account of a new order against deletion. The lock outlives the
 * order, so a clean-up deletes it first (azure-cli-extensions, test_databox_scenario.py, which does
 * not show its level).
 */
export function lockAccounts(
  request: HttpRequest,
  { segments }: ArmPath,
  { status }: HttpAnswer,
  state: EmulatorState,
): void {
  const isJob = segments.length === 2 && segments[0]?.toLowerCase() === "jobs";
  if (request.method !== "PUT" || !isJob || status >= 300) return;
  const body = readJsonBody(request);
  for (const id of textsOf(body.kind === "json" ? body.value : undefined)) {
    const account = ACCOUNT.test(id) ? state.get("storageAccount", id) : undefined;
    if (account === undefined) continue;
    const lock = newLock(account.id, LOCK_NAME, { level: "CanNotDelete" });
    if (state.get("lock", lock.id) === undefined) state.put("lock", lock);
  }
}

/** Accounts are named in other members by each api-version and kind of order. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}
