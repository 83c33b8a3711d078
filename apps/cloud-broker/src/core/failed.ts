import type { Failure, Outcome } from "./ports.ts";

/** The outcome of what failed. */
export function failed(failure: Failure): Outcome<never> {
  return { ok: false, failure };
}

/** A device message that is not as its protocol says. */
export function malformed(detail: string): Outcome<never> {
  return failed({ code: "DeviceMessageMalformed", detail });
}
