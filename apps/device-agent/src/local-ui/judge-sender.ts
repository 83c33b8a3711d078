import { isIP } from "node:net";

import { AppError } from "@databox-cmk/errors";

export type Sender = {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
};

/**
 * Whether this appliance's own page sent the request, and not another site in the same browser.
 *
 * A foreign name that was made to point here (DNS rebinding) is not one of this appliance's names;
 * an IP address cannot be rebound.
 *
 * @param isOwnName - of a DNS name in lower case
 * @throws {AppError} `LocalRequestForbidden`
 */
export function judgeSender(sender: Sender, isOwnName: (name: string) => boolean): void {
  const { method, host, origin, fetchSite } = sender;
  const url = URL.parse(`https://${host ?? ""}`);
  const name = url?.hostname.toLowerCase() ?? "";
  const isNumber = isIP(name.replace(/^\[|\]$/g, "")) !== 0;
  if (host === undefined || url?.host !== host.toLowerCase() || !(isNumber || isOwnName(name)))
    throw forbidden("host", "this is not the appliance's name: use its IP address or its own name");
  if (fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none")
    throw forbidden("cross-site", "another site sent it");
  if (method === "GET" || method === "HEAD") return;
  if (origin !== undefined && origin !== `https://${host.toLowerCase()}`)
    throw forbidden("cross-site", "another site sent it");
}

function forbidden(reason: "host" | "cross-site", detail: string): AppError {
  return new AppError("LocalRequestForbidden", { reason, detail });
}
