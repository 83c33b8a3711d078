import type { LookupFunction } from "node:net";

import type { Connection } from "../core/settings.ts";
import { systemCode } from "../state/state-error.ts";

const LOOPBACK = "127.0.0.1";

/**
 * How host names are resolved. Some systems do not resolve `*.localhost` (RFC 6761 §6.3 leaves it
 * to the application), and the local stack has its own DNS server. `undefined`: the system's
 * resolver.
 */
export function createLookup(
  connection: Pick<Connection, "dnsServer" | "resolveLocalhost">,
): LookupFunction | undefined {
  const { dnsServer, resolveLocalhost } = connection;
  if (dnsServer === undefined && !resolveLocalhost) return undefined;
  return (hostname, options, callback) => {
    if (resolveLocalhost && (hostname === "localhost" || hostname.endsWith(".localhost"))) {
      if (options.all === true) callback(null, [{ address: LOOPBACK, family: 4 }]);
      else callback(null, LOOPBACK, 4);
      return;
    }
    void answerLookup(dnsServer, hostname, options.all === true, callback);
  };
}

async function answerLookup(
  dnsServer: string | undefined,
  hostname: string,
  all: boolean,
  callback: Parameters<LookupFunction>[2],
): Promise<void> {
  let addresses: string[];
  try {
    addresses = await resolveBy(dnsServer, hostname);
  } catch (error) {
    callback(error instanceof Error ? error : new Error("lookup failed"), "", 4);
    return;
  }
  if (all)
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  else callback(null, addresses[0] ?? "", 4);
}

/** Loaded on use: most appliances use their system's resolver. */
async function resolveBy(dnsServer: string | undefined, hostname: string): Promise<string[]> {
  const { Resolver, lookup } = await import("node:dns/promises");
  if (dnsServer === undefined) return [(await lookup(hostname, { family: 4 })).address];
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([dnsServer]);
  try {
    return await resolver.resolve4(hostname);
  } catch (error) {
    // c-ares returns this when it reached no name server; unchanged, it would look like the
    // broker's port.
    if (systemCode(error) !== "ECONNREFUSED") throw error;
    throw Object.assign(new Error("no name server answers", { cause: error }), {
      code: "EAI_AGAIN",
    });
  }
}
