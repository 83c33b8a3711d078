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
  /** The same connection, after its TLS handshake. */
  secured(plain: Closable, secure: Closable): void;
  /** The connection is used for a live lease, by proof; the latest one counts for each use. */
  hold(connection: object, use: string): void;
  /** Gives the place back; calling it again does nothing. */
  leave(connection: Closable): void;
  /** Number of open connections. */
  open(): number;
};

type Place = {
  readonly connection: Closable;
  readonly key: string;
  readonly sinceMs: number;
  readonly use?: string | undefined;
};
type Row = ReturnType<typeof createRow>;

/** An appliance has shown its lease within this time, so that it is not treated as unauthenticated. */
const NEW_MS = 10_000;

/**
 * Counts open connections by the address of their sender. When all places are taken, a connection
 * without a lease is closed for the new one: the oldest one of the address with the most, or, when
 * each address has few, the oldest one of all that is not new. So a caller who fills all places,
 * from however many addresses, does not keep appliances out, nor close the connections of those
 * that are unlocked. If all connections hold leases, an address with few takes the oldest one of
 * the address with the most.
 *
 * Node's `maxConnections` knows only the sum; nginx's limit_conn and HAProxy's stick tables count
 * addresses, but in front of the broker, where an installation may have nothing.
 *
 * @param refused - called for each connection that was refused, or closed in favour of another
 */
export function createConnectionPlaces(
  { perAddress, inSum }: ConnectionLimits,
  refused: (limit: ReachedLimit, address: string) => void,
  now: () => number,
): ConnectionPlaces {
  const places = new Map<object, Place>();
  const holders = new Map<string, Place>();
  const without = createRow();
  const holding = createRow();

  const rowOf = ({ use }: Place): Row => (use === undefined ? without : holding);

  function add(place: Place): void {
    places.set(place.connection, place);
    rowOf(place).add(place);
    if (place.use !== undefined) holders.set(place.use, place);
  }

  function remove(place: Place): void {
    places.delete(place.connection);
    rowOf(place).remove(place);
    if (place.use !== undefined) holders.delete(place.use);
  }

  function change(place: Place | undefined, to: Partial<Place>): void {
    if (place === undefined) return;
    remove(place);
    add({ ...place, ...to });
  }

  function findVictim(own: number): Place | undefined {
    const row = without.oldest() === undefined ? holding : without;
    const crowd = row.crowd();
    if (crowd.size > own + 1) return crowd.oldest;
    const oldest = row.oldest();
    return oldest?.use === undefined && now() - (oldest?.sinceMs ?? Infinity) >= NEW_MS
      ? oldest
      : undefined;
  }

  return {
    enter(address, connection) {
      const key = addressKey(address);
      const own = without.sizeOf(key) + holding.sizeOf(key);
      if (perAddress > 0 && own >= perAddress) {
        refused("address", address);
        return false;
      }
      if (inSum > 0 && places.size >= inSum) {
        refused("sum", address);
        const victim = findVictim(own);
        if (victim === undefined) return false;
        remove(victim);
        victim.connection.destroy();
      }
      add({ connection, key, sinceMs: now() });
      return true;
    },
    secured: (plain, secure) => change(places.get(plain), { connection: secure }),
    hold(connection, use) {
      const place = places.get(connection);
      if (place === undefined || place.use === use) return;
      change(holders.get(use), { use: undefined });
      change(place, { use });
    },
    leave(connection) {
      const place = places.get(connection);
      if (place !== undefined) remove(place);
    },
    open: () => places.size,
  };
}

/** Places in the order of their coming, in sum and by address. Each question costs the same. */
function createRow() {
  const all = new Set<Place>();
  const byAddress = new Map<string, Set<Place>>();
  /** The addresses that have so many places each. */
  const bySize: Set<string>[] = [];
  let most = 0;

  const sizeOf = (key: string): number => byAddress.get(key)?.size ?? 0;
  function resize(key: string, from: number, to: number): void {
    bySize[from]?.delete(key);
    (bySize[to] ??= new Set()).add(key);
    if (to > most || bySize[most]?.size === 0) most = to;
  }

  return {
    sizeOf,
    add(place: Place) {
      const own = byAddress.get(place.key) ?? new Set();
      all.add(place);
      byAddress.set(place.key, own.add(place));
      resize(place.key, own.size - 1, own.size);
    },
    remove(place: Place) {
      const own = byAddress.get(place.key);
      if (own?.delete(place) !== true) return;
      all.delete(place);
      resize(place.key, own.size + 1, own.size);
      if (own.size > 0) return;
      byAddress.delete(place.key);
      bySize[0]?.delete(place.key);
    },
    oldest: (): Place | undefined => all.values().next().value,
    /** The address with the most places. */
    crowd(): { readonly size: number; readonly oldest: Place | undefined } {
      const key = bySize[most]?.values().next().value;
      const own = key === undefined ? undefined : byAddress.get(key);
      return { size: own?.size ?? 0, oldest: own?.values().next().value };
    },
  };
}
