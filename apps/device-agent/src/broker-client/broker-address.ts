import type { LookupFunction } from "node:net";

import type { Connection } from "../core/settings.ts";
import { systemCode } from "../state/state-error.ts";

const LOOPBACK = "127.0.0.1";

/** Where to connect, and the name that the broker must prove. */
export type BrokerAddress = {
  /** Name or address to connect to. */
  readonly host: string;
  readonly port: number;
  /** Name that the certificate must carry. */
  readonly name: string;
  /** `undefined`: the system's name resolution. */
  readonly lookup: LookupFunction | undefined;
};

/**
 * Some systems do not resolve `*.localhost` (RFC 6761 §6.3 leaves it to the application), and the
 * local stack has its own DNS server. A loopback name needs no lookup: an address spares Node the
 * resolver and its IPv6 expression, 2 ms cold.
 */
export function brokerAddress(connection: Connection): BrokerAddress {
  const { hostname, port } = new URL(connection.brokerUrl);
  const { dnsServer, resolveLocalhost } = connection;
  const isLocalhost = hostname === "localhost" || hostname.endsWith(".localhost");
  const isLoopback = resolveLocalhost && isLocalhost;
  return {
    host: isLoopback ? LOOPBACK : hostname,
    port: port === "" ? 443 : Number(port),
    name: hostname,
    lookup: isLoopback || dnsServer === undefined ? undefined : lookupBy(dnsServer),
  };
}

function lookupBy(dnsServer: string): LookupFunction {
  return (hostname, options, callback) => {
    void answerLookup(dnsServer, hostname, options.all === true, callback);
  };
}

async function answerLookup(
  dnsServer: string,
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
  const found = addresses.map((address) => ({ address, family: 4 }));
  if (all) callback(null, found);
  else callback(null, addresses[0] ?? "", 4);
}

/** Loaded on use: most appliances use their system's resolver. */
async function resolveBy(dnsServer: string, hostname: string): Promise<string[]> {
  const { Resolver } = await import("node:dns/promises");
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
