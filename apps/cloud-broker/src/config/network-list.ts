import { BlockList, isIPv6 } from "node:net";

/** @param written - addresses, and networks in CIDR notation; a parser has accepted each */
export function networkList(written: readonly string[]): BlockList {
  const known = new BlockList();
  for (const each of written) {
    const [address = "", prefix] = each.split("/", 2);
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) known.addAddress(address, family);
    else known.addSubnet(address, Number(prefix), family);
  }
  return known;
}
