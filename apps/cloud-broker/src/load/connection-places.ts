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
/** The connections of each address, oldest first. */
type Row = Map<string, Set<Place>>;

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
  const without: Row = new Map();
  const holding: Row = new Map();

  const rowOf = ({ use }: Place): Row => (use === undefined ? without : holding);
  const countOf = (row: Row, key: string): number => row.get(key)?.size ?? 0;

  function add(place: Place): void {
    const row = rowOf(place);
    places.set(place.connection, place);
    row.set(place.key, (row.get(place.key) ?? new Set()).add(place));
    if (place.use !== undefined) holders.set(place.use, place);
  }

  function remove(place: Place): void {
    const row = rowOf(place);
    places.delete(place.connection);
    row.get(place.key)?.delete(place);
    if (countOf(row, place.key) === 0) row.delete(place.key);
    if (place.use !== undefined) holders.delete(place.use);
  }

  function change(place: Place | undefined, to: Partial<Place>): void {
    if (place === undefined) return;
    remove(place);
    add({ ...place, ...to });
  }

  /** Reads all addresses, which still costs less than the TLS handshake of one connection. */
  function findVictim(own: number): Place | undefined {
    const row = without.size > 0 ? without : holding;
    let most: ReadonlySet<Place> | undefined;
    let oldest: Place | undefined;
    for (const each of row.values()) {
      const [first] = each;
      if (each.size > (most?.size ?? own + 1)) most = each;
      if (first !== undefined && first.sinceMs < (oldest?.sinceMs ?? Infinity)) oldest = first;
    }
    if (most !== undefined) return most.values().next().value;
    return oldest?.use === undefined && now() - (oldest?.sinceMs ?? Infinity) >= NEW_MS
      ? oldest
      : undefined;
  }

  return {
    enter(address, connection) {
      const key = addressKey(address);
      const own = countOf(without, key) + countOf(holding, key);
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
