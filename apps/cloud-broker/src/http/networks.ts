import { type BlockList, isIP } from "node:net";

/** Addresses and networks; an IPv4 address within IPv6 counts as the IPv4 address. */
export type Networks = Pick<BlockList, "check">;

export function isIn(networks: Networks, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && networks.check(address, family === 6 ? "ipv6" : "ipv4");
}
