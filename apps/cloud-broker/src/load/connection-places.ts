import { addressKey } from "@databox-cmk/http";

/** Limits of one listener of one process; 0: no limit. */
export type ConnectionLimits = {
  readonly perAddress: number;
  readonly inSum: number;
};

/** The limit that was reached: the address's own, or that of all addresses together. */
export type ReachedLimit = "address" | "sum";

/** A connection, as far as its place is concerned. */
export type Closable = { destroy(): unknown };

/** The places of a listener's open connections. */
export type ConnectionPlaces = {
  /** @returns whether the connection got a place; if not, it must be closed */
  enter(address: string, connection: Closable): boolean;
  /** Gives the place back; calling it again does nothing. */
  leave(connection: Closable): void;
  /** Number of open connections. */
  open(): number;
};

/**
 * Counts open connections by the address of their sender. When all places are taken, an address
 * with few connections takes the oldest one of the address with the most, unless both would then
 * have equally many. So a caller needs as many addresses as there are places to keep others out.
 *
 * Node's `maxConnections` knows only the sum; nginx's limit_conn and HAProxy's stick tables count
 * addresses, but in front of the broker, where an installation may have nothing.
 *
 * @param refused - called for each connection that was refused, or closed in favour of another
 */
export function createConnectionPlaces(
  { perAddress, inSum }: ConnectionLimits,
  refused: (limit: ReachedLimit, address: string) => void,
): ConnectionPlaces {
  const byAddress = new Map<string, Set<Closable>>();
  const addressOf = new Map<Closable, string>();

  function leave(connection: Closable): void {
    const key = addressOf.get(connection);
    if (key === undefined) return;
    addressOf.delete(connection);
    const own = byAddress.get(key);
    own?.delete(connection);
    if (own?.size === 0) byAddress.delete(key);
  }

  /** Reads all addresses, which still costs less than the TLS handshake of one connection. */
  function oldestOfTheMost(than: number): Closable | undefined {
    let most: ReadonlySet<Closable> | undefined;
    for (const each of byAddress.values()) if (each.size > (most?.size ?? than)) most = each;
    return most?.values().next().value;
  }

  return {
    enter(address, connection) {
      const key = addressKey(address);
      const own = byAddress.get(key)?.size ?? 0;
      if (perAddress > 0 && own >= perAddress) {
        refused("address", address);
        return false;
      }
      if (inSum > 0 && addressOf.size >= inSum) {
        refused("sum", address);
        const oldest = oldestOfTheMost(own + 1);
        if (oldest === undefined) return false;
        leave(oldest);
        oldest.destroy();
      }
      addressOf.set(connection, key);
      byAddress.set(key, (byAddress.get(key) ?? new Set()).add(connection));
      return true;
    },
    leave,
    open: () => addressOf.size,
  };
}
