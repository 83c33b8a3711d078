import type { Settings } from "../core/model.ts";
import type { HttpRequest } from "./message.ts";

/**
 * The address that a caller appears to come from: the first of `X-Forwarded-For`, otherwise the one
 * in the settings. Every peer is on loopback and may choose it; a vault's firewall needs an address
 * to check.
 */
export function clientAddress(request: HttpRequest, settings: Settings): string {
  const forwarded = request.headers["x-forwarded-for"];
  const first = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(",")[0]?.trim();
  return first === undefined || first === "" ? settings.callerAddress : first;
}
