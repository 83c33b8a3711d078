import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";

import { brokerUrls, type Connection } from "../core/settings.ts";
import { systemCode } from "../state/state-error.ts";

const LOOPBACK = "127.0.0.1";

/** Where to connect, and the name that the broker must prove. */
export type BrokerAddress = {
  /** Name or address to connect to. */
  readonly host: string;
  readonly port: number;
  /** Name or address that the certificate must carry. */
  readonly name: string;
  readonly isNamed: boolean;
  /** The URL's host, for the Host header: an IPv6 address in brackets. */
  readonly authority: string;
  /** `undefined`: the system's name resolution. */
  readonly lookup: LookupFunction | undefined;
};

/**
 * Some systems do not resolve `*.localhost` (RFC 6761 §6.3 leaves it to the application), and the
 * local stack has its own DNS server. A loopback name needs no lookup: an address spares Node the
 * resolver and its IPv6 expression, 2 ms cold.
 */
export function brokerAddress(
  brokerUrl: string,
  { dnsServer, resolveLocalhost }: Pick<Connection, "dnsServer" | "resolveLocalhost">,
): BrokerAddress {
  const { hostname, port: given } = new URL(brokerUrl);
  const name = hostname.replace(/^\[|\]$/g, "");
  const port = given === "" ? 443 : Number(given);
  // Not by `isIP`, whose expression takes 3 to 7 ms cold. The URL has normalised the address.
  const isNamed = !/^\[|^[\d.]+$/.test(hostname);
  const isLocalhost = hostname === "localhost" || hostname.endsWith(".localhost");
  const isLoopback = resolveLocalhost && isLocalhost;
  return {
    host: isLoopback ? LOOPBACK : name,
    port,
    name,
    isNamed,
    authority: `${hostname}:${String(port)}`,
    lookup: isLoopback || !isNamed || dnsServer === undefined ? undefined : lookupBy(dnsServer),
  };
}

/** In the order in which they are tried. */
export const brokerAddresses = (connection: Connection): readonly BrokerAddress[] =>
  brokerUrls(connection).map((url) => brokerAddress(url, connection));

function lookupBy(dnsServer: string): LookupFunction {
  return (hostname, { all }, callback) => {
    void answerLookup(dnsServer, hostname, all === true, callback);
  };
}

async function answerLookup(
  dnsServer: string,
  hostname: string,
  all: boolean,
  callback: Parameters<LookupFunction>[2],
): Promise<void> {
  let found: LookupAddress[];
  try {
    found = await resolveBy(dnsServer, hostname);
  } catch (error) {
    callback(error instanceof Error ? error : new Error("lookup failed"), "", 4);
    return;
  }
  if (all) callback(null, found);
  else callback(null, found[0]?.address ?? "", found[0]?.family);
}

/**
 * How long an IPv4 answer waits for the IPv6 one. RFC 8305 §3 has 50 ms, but adds late answers;
 * here nothing is added later.
 */
const RESOLUTION_DELAY_MS = 500;

/** Asks for both families at once. Loaded on use: most appliances use their system's resolver. */
async function resolveBy(dnsServer: string, hostname: string): Promise<LookupAddress[]> {
  const { Resolver } = await import("node:dns/promises");
  const { setTimeout: sleep } = await import("node:timers/promises");
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([dnsServer]);
  try {
    const ipv4 = resolver.resolve4(hostname);
    const ipv6OrNone = resolver.resolve6(hostname).catch((): string[] => []);
    const late = ipv4.then((): Promise<string[]> => sleep(RESOLUTION_DELAY_MS, []));
    const v6 = (await Promise.any([ipv6OrNone, late])).map((address) => ({ address, family: 6 }));
    const v4 = ipv4.then((found) => found.map((address) => ({ address, family: 4 })));
    return v6.length > 0 ? [...(await v4.catch(() => [])), ...v6] : await v4;
  } catch (error) {
    // c-ares returns this when it reached no name server; unchanged, it would look like the
    // broker's port.
    if (systemCode(error) !== "ECONNREFUSED") throw error;
    throw Object.assign(new Error("no name server answers", { cause: error }), {
      code: "EAI_AGAIN",
    });
  }
}
