import type { LookupFunction } from "node:net";

import type { Connection } from "../core/settings.ts";
import { createLookup } from "./lookup.ts";

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
 * A loopback name needs no lookup: an address spares Node the resolver and its IPv6 expression, 2
 * ms cold.
 */
export function brokerAddress(connection: Connection): BrokerAddress {
  const { hostname, port } = new URL(connection.brokerUrl);
  const { dnsServer, resolveLocalhost } = connection;
  const isLoopback = hostname === "localhost" || hostname.endsWith(".localhost");
  return {
    host: resolveLocalhost && isLoopback ? LOOPBACK : hostname,
    port: port === "" ? 443 : Number(port),
    name: hostname,
    lookup: createLookup({
      resolveLocalhost: false,
      dnsServer,
    }),
  };
}
