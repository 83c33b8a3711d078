import { mapValues } from "@databox-cmk/errors";
import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import { parseRequestTarget } from "../../http/route.ts";
import { type Admission, createAdmission } from "../../load/admission.ts";
import type { LoopUtilization } from "../../load/loop-utilization.ts";

type RequestClass = "challenges" | "devices" | "others";

export type Places = ReturnType<typeof createPlaces>;

/**
 * A probe must not fail because there is much to do, nor must a kill switch wait until there is
 * less.
 */
const NEVER_TURNED_AWAY = /^\/(?:healthz|readyz)$|\/revoke$/i;
const DEVICE_PATH = "/device/";

/**
 * Devices have places of their own: devices, people and programs cannot take each other's places.
 * Challenges use the devices' places too: they are nearly free, and their owner comes back with a
 * message that can be verified.
 */
export function createPlaces(options: {
  readonly maxAtWork: number;
  readonly utilization: LoopUtilization;
  readonly noteTurnedAway: () => number;
  readonly elapsedMs?: (() => number) | undefined;
}) {
  const classes: Readonly<Record<RequestClass, Admission>> = {
    challenges: createAdmission(options),
    devices: createAdmission(options),
    others: createAdmission(options),
  };
  return {
    /** @returns undefined for requests that need no place */
    of(url: string): Admission | undefined {
      const [path = ""] = (parseRequestTarget(url) ?? "").split("?", 1);
      if (NEVER_TURNED_AWAY.test(path)) return undefined;
      if (path === DEVICE_ROUTES.challenges) return classes.challenges;
      return path.startsWith(DEVICE_PATH) ? classes.devices : classes.others;
    },
    /** Requests in progress, by class. */
    atWork: () => mapValues<RequestClass, Admission, number>(classes, (each) => each.atWork()),
    /** Whether one class has been full for long without a request that ended. */
    isStuck: () => Object.values(classes).some((each) => each.isStuck()),
  };
}
