import { lookup as systemLookup, Resolver } from "node:dns";
import type { LookupFunction } from "node:net";

export type DnsServer = { readonly address: string; readonly port: number };

const QUERY_TIMEOUT_MS = 1000;
const QUERY_TRIES = 2;

/**
 * A `lookup` for sockets that queries one name server, or the system when none is given. Of a name
 * server's failures only NXDOMAIN says that a name does not exist; all others become EAI_AGAIN, as
 * in the system's resolver.
 */
export function createLookup(server: DnsServer | undefined): LookupFunction {
  if (server === undefined) return systemLookup;
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  resolver.setServers([
    `${server.address.includes(":") ? `[${server.address}]` : server.address}:${server.port}`,
  ]);
  return (hostname, options, callback) => {
    resolver.resolve4(hostname, (noIpv4, ipv4) => {
      if (noIpv4 === null) {
        answer(ipv4, 4);
        return;
      }
      resolver.resolve6(hostname, (noIpv6, ipv6) => {
        if (noIpv6 === null) answer(ipv6, 6);
        else callback(failureOf(hostname, noIpv4), "", 0);
      });
    });

    function answer(addresses: readonly string[], family: 4 | 6): void {
      if (options.all === true)
        callback(
          null,
          addresses.map((address) => ({ address, family })),
        );
      else callback(null, addresses[0] ?? "", family);
    }
  };
}

function failureOf(hostname: string, error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  const code = error.code === "ENOTFOUND" ? "ENOTFOUND" : "EAI_AGAIN";
  return Object.assign(new Error(`${hostname}: ${error.code}`), {
    code,
    hostname,
  });
}

/** Whether a name resolves; used as the control for another name that does not. */
export function resolves(lookup: LookupFunction, hostname: string): Promise<boolean> {
  return new Promise((resolve) => {
    lookup(hostname, {}, (error) => resolve(error === null));
  });
}
