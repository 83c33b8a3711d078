import { isIPv4, isIPv6 } from "node:net";

const MAPPED_IPV4 = /^(?:::ffff|64:ff9b:):(\d+\.\d+\.\d+\.\d+)$/i;
/** An IPv4 address behind NAT64, as Node writes it (RFC 6052). */
const NAT64 = /^64:ff9b::([\da-f]{1,4}):([\da-f]{1,4})$/i;
const GROUPS = 8;
const PREFIX_GROUPS = 4;

/**
 * The key that identifies one sender: an IPv4 address, or the /64 of an IPv6 address, since the
 * owner of one such address owns them all.
 */
export function addressKey(address: string): string {
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [, ...halves] = NAT64.exec(address) ?? [];
  if (halves.length > 0)
    return halves.flatMap((half) => [...Buffer.from(half.padStart(4, "0"), "hex")]).join(".");
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.toLowerCase().split("%", 1)[0]?.split("::") ?? [];
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : GROUPS - before.length - after.length;
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return `${groups
    .slice(0, PREFIX_GROUPS)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

/** The network of an address, for counts that people read: /24 of IPv4, /48 of IPv6. */
export function networkOf(address: string): string {
  const key = addressKey(address);
  if (key.endsWith("::/64")) return `${key.split(":", 3).join(":")}::/48`;
  return isIPv4(key) ? `${key.split(".", 3).join(".")}.0/24` : key;
}
