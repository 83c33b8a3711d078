import { lookup, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";

/**
 * Names below `localhost` are loopback (RFC 6761 §6.3), which not every system's resolver knows;
 * all others are looked up.
 */
export const loopbackLookup: LookupFunction = (hostname, options, callback) => {
  if (hostname !== "localhost" && !hostname.endsWith(".localhost")) {
    lookup(hostname, options, callback);
    return;
  }
  const address: LookupAddress = { address: "127.0.0.1", family: 4 };
  if (options.all === true) callback(null, [address]);
  else callback(null, address.address, address.family);
};
