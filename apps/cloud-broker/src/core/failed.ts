import type { Failure, Outcome } from "./ports.ts";

/** Turns a failure into an outcome. */
export function failed(failure: Failure): Outcome<never> {
  return { ok: false, failure };
}

/** Refuses a device message whose content breaks the protocol. */
export function malformed(detail: string): Outcome<never> {
  return failed({ code: "DeviceMessageMalformed", detail });
}

/** Refuses members of one part of a request. @param at - the part, such as `identity` */
export const refusing =
  (code: Failure["code"], at: string) =>
  (member: string, detail: string): Outcome<never> =>
    failed({ code, target: `${at}.${member}`, detail: `${member}: ${detail}` });
