import { type CalendarDuration, parseDuration, shortestDays, addDuration } from "../duration.ts";
import type { EpochMs, LifetimeAction, RotationPolicy, Key, KeyVersion } from "../model.ts";
import { newestVersion } from "./key-view.ts";
import type { RotationPolicyPayload } from "./payloads.ts";
import { REFUSALS, type Refusal } from "./refusal.ts";

/** The action that every key has until a policy names another time to notify. */
export const USUAL_NOTICE: LifetimeAction = {
  action: "Notify",
  trigger: { kind: "time-before-expiry", duration: "P30D" },
};
const DAYS_MINIMUM = 7;
const EXPIRY_DAYS_MINIMUM = 28;

/** Builds a policy from a PUT; the rules are those of "Configure key auto-rotation". */
export function toRotationPolicy(
  payload: RotationPolicyPayload,
  previous: RotationPolicy | undefined,
  nowMs: EpochMs,
): RotationPolicy | Refusal {
  const expiryTime = payload.attributes?.expiryTime ?? undefined;
  if (expiryTime !== undefined) {
    const fault = faultOf("attributes.expiryTime", expiryTime, EXPIRY_DAYS_MINIMUM);
    if (fault !== undefined) return fault;
  }
  const lifetimeActions: LifetimeAction[] = [];
  for (const [index, given] of (payload.lifetimeActions ?? []).entries()) {
    const action = toAction(given, `lifetimeActions[${index}]`, expiryTime);
    if ("status" in action) return action;
    if (lifetimeActions.some((other) => other.action === action.action)) {
      return REFUSALS.badParameter(
        `lifetimeActions has more than one action of type '${action.action}'.`,
      );
    }
    lifetimeActions.push(action);
  }
  const isNoticeGiven = lifetimeActions.some(({ action }) => action === "Notify");
  return {
    lifetimeActions: isNoticeGiven ? lifetimeActions : [...lifetimeActions, USUAL_NOTICE],
    expiryTime,
    createdAtMs: previous?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
  };
}

type GivenAction = NonNullable<RotationPolicyPayload["lifetimeActions"]>[number];

function toAction(
  given: GivenAction,
  place: string,
  expiryTime: string | undefined,
): LifetimeAction | Refusal {
  const type = given.action?.type.toLowerCase();
  if (type !== "rotate" && type !== "notify")
    return REFUSALS.badParameter(`${place}.action.type must be 'Rotate' or 'Notify'.`);
  const afterCreate = given.trigger?.timeAfterCreate ?? undefined;
  const beforeExpiry = given.trigger?.timeBeforeExpiry ?? undefined;
  if ((afterCreate === undefined) === (beforeExpiry === undefined)) {
    return REFUSALS.badParameter(
      `${place}.trigger needs exactly one of 'timeAfterCreate' and 'timeBeforeExpiry'.`,
    );
  }
  const action = type === "rotate" ? "Rotate" : "Notify";
  if (afterCreate !== undefined) {
    if (action === "Notify")
      return REFUSALS.badParameter(`${place}: 'Notify' is triggered by 'timeBeforeExpiry' only.`);
    return (
      faultOf(`${place}.trigger.timeAfterCreate`, afterCreate, DAYS_MINIMUM) ?? {
        action,
        trigger: { kind: "time-after-create", duration: afterCreate },
      }
    );
  }
  const duration = beforeExpiry ?? "";
  if (action === "Rotate" && expiryTime === undefined) {
    return REFUSALS.badParameter(
      `${place}: 'timeBeforeExpiry' of 'Rotate' needs attributes.expiryTime.`,
    );
  }
  return (
    faultOf(`${place}.trigger.timeBeforeExpiry`, duration, DAYS_MINIMUM) ?? {
      action,
      trigger: { kind: "time-before-expiry", duration },
    }
  );
}

function faultOf(place: string, text: string, daysMinimum: number): Refusal | undefined {
  const duration: CalendarDuration | undefined = parseDuration(text);
  if (duration === undefined)
    return REFUSALS.badParameter(
      `${place} is not an ISO 8601 duration of years, months, weeks or days: '${text.slice(0, 32)}'.`,
    );
  if (shortestDays(duration) < daysMinimum)
    return REFUSALS.badParameter(`${place} must be at least ${daysMinimum} days.`);
  return undefined;
}

/** When the newest version must be replaced by its policy; undefined: never. */
export function rotationDueAtMs(key: Key): EpochMs | undefined {
  const policy = key.rotationPolicy;
  const action = policy?.lifetimeActions.find((candidate) => candidate.action === "Rotate");
  if (policy === undefined || action === undefined) return undefined;
  const duration = parseDuration(action.trigger.duration);
  const newest = newestVersion(key);
  if (duration === undefined) return undefined;
  if (action.trigger.kind === "time-after-create")
    return Math.max(addDuration(newest.createdAtMs, duration), policy.updatedAtMs);
  if (newest.expiresSeconds === undefined) return undefined;
  return Math.max(addDuration(newest.expiresSeconds * 1000, duration, -1), policy.updatedAtMs);
}

/**
 * The metadata of the version that replaces the newest one: same shape, new life; `exp` comes from
 * the policy only.
 */
export function rotatedVersion(
  key: Key,
  material: Pick<KeyVersion, "version" | "jwk">,
  atMs: EpochMs,
): KeyVersion {
  const newest = newestVersion(key);
  const expiry =
    key.rotationPolicy?.expiryTime === undefined
      ? undefined
      : parseDuration(key.rotationPolicy.expiryTime);
  return {
    ...material,
    keyOperations: newest.keyOperations,
    enabled: true,
    expiresSeconds: expiry === undefined ? undefined : Math.floor(addDuration(atMs, expiry) / 1000),
    createdAtMs: atMs,
    updatedAtMs: atMs,
    exportable: newest.exportable,
    tags: newest.tags,
    releasePolicy: newest.releasePolicy,
  };
}
