import type { IncomingMessage } from "node:http";
import { isIP, SocketAddress, type BlockList } from "node:net";

/** Addresses and networks; an IPv4 address within IPv6 counts as the IPv4 address. */
export type Networks = Pick<BlockList, "check">;

export function isIn(networks: Networks, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && networks.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** Proxies behind each other; what is further away is not read. */
const HOPS_MAX = 16;
/** Some proxies write an address so: with a port, and IPv6 in brackets. */
const WITH_PORT = /^(?:([\d.]+)|\[([\da-f:.]+)\])(?::\d{1,5})?$/i;

/**
 * The address of a request's sender. `X-Forwarded-For` is read from its end, and only as far as
 * trusted proxies wrote it: the first address that is not one of theirs is the sender's, and
 * everything before it is the sender's own invention. The header of any other peer is ignored.
 *
 * The library proxy-addr, which Express contains, does the same, but takes each text for an
 * address, and an address with a port for none.
 */
export function senderOf(message: IncomingMessage, proxies: Networks | undefined): string {
  let sender = message.socket.remoteAddress ?? "";
  if (proxies === undefined) return sender;
  const hops = [message.headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  for (const hop of hops.slice(-HOPS_MAX).toReversed()) {
    if (!isIn(proxies, sender)) break;
    const address = addressOf(hop.trim());
    if (address === undefined) break;
    sender = address;
  }
  return sender;
}

/** @returns undefined for "unknown", a name and every other text that is not an address */
function addressOf(hop: string): string | undefined {
  const [, ipv4, ipv6] = WITH_PORT.exec(hop) ?? [];
  const address = ipv4 ?? ipv6 ?? hop;
  const family = isIP(address);
  if (family === 0) return undefined;
  // Node's own spelling, as a socket has it.
  return new SocketAddress({ address, family: family === 6 ? "ipv6" : "ipv4" }).address;
}
