import { z } from "zod";

import type { Lock } from "../../core/model.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import type { EmulatorState } from "../../state/emulator-state.ts";
import type { ArmContext } from "../arm-context.ts";
import { ArmError, gatewayError } from "../arm-error.ts";
import { parseBody } from "../request-body.ts";
import { type ArmPath, isWithin } from "../resource-id.ts";

const TYPE = "Microsoft.Authorization/locks";

const bodySchema = z.object({
  properties: z.object({
    level: z.enum(["CanNotDelete", "ReadOnly", "NotSpecified"]),
    notes: z.string().max(512).nullish(),
    owners: z.array(z.object({ applicationId: z.string().max(128).optional() })).nullish(),
  }),
});

/** The id keeps the caller's spelling of the scope. */
export function newLock(
  scope: string,
  name: string,
  settings: Omit<Lock, "id" | "scope" | "name">,
) {
  return { id: `${scope}/providers/${TYPE}/${name}`, scope, name, ...settings };
}

/** `PUT {scope}/providers/Microsoft.Authorization/locks/{name}` */
export function putLock(scope: string, name: string, context: ArmContext): HttpAnswer {
  const { level, notes, owners } = parseBody(context.request, bodySchema).properties;
  const settings = { level, notes: notes ?? undefined, owners: owners ?? undefined };
  const existing = find(context.deps.state, scope, name);
  const created = newLock(scope, name, settings);
  const lock: Lock = { ...created, id: existing?.id ?? created.id };
  context.deps.state.put("lock", lock);
  return { status: existing === undefined ? 201 : 200, body: render(lock) };
}

export function getLock(scope: string, name: string, context: ArmContext): HttpAnswer {
  const lock = find(context.deps.state, scope, name);
  if (lock === undefined)
    throw new ArmError(404, "LockNotFound", `The lock '${name}' could not be found.`);
  return { status: 200, body: render(lock) };
}

export function deleteLock(scope: string, name: string, context: ArmContext): HttpAnswer {
  const lock = find(context.deps.state, scope, name);
  if (lock === undefined) return { status: 204 };
  context.deps.state.delete("lock", lock.id);
  return { status: 200 };
}

/** The locks at the scope and beneath it; `atScope()` leaves out those beneath. */
export function listLocks(scope: string, context: ArmContext): HttpAnswer {
  const isExact = /^\s*atScope\(\)\s*$/i.test(context.request.query.get("$filter") ?? "");
  const value = context.deps.state
    .list("lock")
    .filter((lock) => isWithin(lock.scope, scope) && (!isExact || isWithin(scope, lock.scope)))
    .map(render);
  return { status: 200, body: { value } };
}

/**
 * Resource Manager judges locks before the provider sees a request. Deleting is prevented by both
 * levels, each other write and action by `ReadOnly`; locks themselves can always be changed.
 *
 * @throws ArmError 409 ScopeLocked.
 */
export function refuseLocked(
  { method, path }: HttpRequest,
  at: ArmPath,
  state: EmulatorState,
): void {
  if (method === "GET" || method === "HEAD" || isLockPath(at)) return;
  const scope = path.replace(/\/$/, "");
  const locks = state
    .list("lock")
    .filter(
      ({ level }) => level === "ReadOnly" || (level === "CanNotDelete" && method === "DELETE"),
    )
    .filter((lock) => isWithin(scope, lock.scope));
  if (locks.length === 0) return;
  const operation = method === "DELETE" ? "delete" : "write";
  throw gatewayError(
    409,
    "ScopeLocked",
    `The scope '${scope}' cannot perform ${operation} operation because following scope(s) are locked: '${locks.map((lock) => lock.scope).join(",")}'. Please remove the lock and try again.`,
  );
}

function isLockPath({ namespace, segments }: ArmPath): boolean {
  return (
    namespace?.toLowerCase() === "microsoft.authorization" && segments[0]?.toLowerCase() === "locks"
  );
}

function find(state: EmulatorState, scope: string, name: string): Lock | undefined {
  return state.get("lock", `${scope}/providers/${TYPE}/${name}`);
}

function render({ id, name, level, notes, owners }: Lock): object {
  return { properties: { level, notes, owners }, id, type: TYPE, name };
}
