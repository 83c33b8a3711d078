import type { LookupFunction } from "node:net";

import { lookupBy } from "@databox-cmk/http/name-lookup";

import { brokerUrls, type Connection } from "../core/settings.ts";

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
