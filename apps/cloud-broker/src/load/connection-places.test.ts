import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import {
  type Closable,
  type ConnectionLimits,
  createConnectionPlaces,
  type ReachedLimit,
} from "./connection-places.ts";

function openPlaces(limits: ConnectionLimits) {
  const refused: ReachedLimit[] = [];
  const closed: string[] = [];
  const clock = { nowMs: 0 };
  const places = createConnectionPlaces(
    limits,
    (limit) => refused.push(limit),
    () => clock.nowMs,
  );
  const connect = (address: string, name = address) => {
    const connection = { destroy: () => closed.push(name) };
    return {
      isIn: places.enter(address, connection),
      leave: () => places.leave(connection),
      hold: (lease: string) => places.hold(connection, lease),
    };
  };
  return { places, refused, closed, connect, clock };
}

describe("the places of connections", () => {
  test("of one address are limited, and a place that was given back is free again", () => {
    const { places, refused, connect } = openPlaces({ perAddress: 2, inSum: 0 });
    const [first, second, third] = [
      connect("192.0.2.1"),
      connect("192.0.2.1"),
      connect("192.0.2.1"),
    ];
    expect([first.isIn, second.isIn, third.isIn]).toEqual([true, true, false]);
    expect(connect("192.0.2.2").isIn).toBe(true);
    third.leave();
    expect(connect("192.0.2.1").isIn).toBe(false);
    first.leave();
    first.leave();
    expect([connect("192.0.2.1").isIn, connect("192.0.2.1").isIn]).toEqual([true, false]);
    expect(refused).toEqual(["address", "address", "address"]);
    expect(places.open()).toBe(3);
  });

  test("are those of a /64, for all of its addresses", () => {
    const { connect } = openPlaces({ perAddress: 1, inSum: 0 });
    expect(connect("2001:db8::1").isIn).toBe(true);
    expect(connect("2001:db8::2").isIn).toBe(false);
    expect(connect("2001:db8:0:1::1").isIn).toBe(true);
  });

  test("go to an address with few connections, at the cost of the one with the most", () => {
    const { places, refused, closed, connect } = openPlaces({ perAddress: 0, inSum: 4 });
    for (const name of ["oldest", "older", "newer"]) connect("198.51.100.1", name);
    connect("203.0.113.1");
    expect(connect("192.0.2.1").isIn).toBe(true);
    expect(closed).toEqual(["oldest"]);
    // The most is two now: to take one of them would only turn the difference around.
    expect(connect("192.0.2.1").isIn).toBe(false);
    expect(closed).toEqual(["oldest"]);
    expect(refused).toEqual(["sum", "sum"]);
    expect(places.open()).toBe(4);
  });

  test("of connections that hold a lease are kept while there are others", () => {
    const { closed, connect } = openPlaces({ perAddress: 0, inSum: 4 });
    for (const lease of ["one", "two", "three"]) connect("198.51.100.1", lease).hold(lease);
    connect("203.0.113.1", "stranger");
    expect(connect("203.0.113.2", "new").isIn).toBe(false);
    expect(closed).toEqual([]);
  });

  test("of strangers with an address each go to the next one after ten seconds, the oldest first", () => {
    const { closed, connect, clock } = openPlaces({ perAddress: 0, inSum: 2 });
    connect("203.0.113.1");
    clock.nowMs = 1;
    connect("203.0.113.2");
    clock.nowMs = 9_999;
    expect(connect("192.0.2.1").isIn).toBe(false);
    clock.nowMs = 10_000;
    expect(connect("192.0.2.1").isIn).toBe(true);
    expect(closed).toEqual(["203.0.113.1"]);
    expect(connect("192.0.2.2").isIn).toBe(false);
  });

  test("hold one connection for a lease: a former one is closed like any other", () => {
    const { closed, connect, clock } = openPlaces({ perAddress: 0, inSum: 2 });
    connect("198.51.100.1", "former").hold("lease");
    connect("198.51.100.1", "present").hold("lease");
    clock.nowMs = 10_000;
    expect(connect("192.0.2.1").isIn).toBe(true);
    expect(closed).toEqual(["former"]);
  });

  test("that all hold leases still let in an address with few, at the cost of the one with the most", () => {
    const { closed, connect, clock } = openPlaces({ perAddress: 0, inSum: 3 });
    for (const lease of ["one", "two", "three"]) connect("198.51.100.1", lease).hold(lease);
    clock.nowMs = 10_000;
    expect(connect("192.0.2.1").isIn).toBe(true);
    expect(connect("192.0.2.2").isIn).toBe(false);
    expect(closed).toEqual(["one"]);
  });

  test("are unlimited at 0", () => {
    const { places, refused, connect } = openPlaces({ perAddress: 0, inSum: 0 });
    for (let index = 0; index < 100; index += 1) connect("192.0.2.1");
    expect([places.open(), refused]).toEqual([100, []]);
  });

  test.prop([fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { maxLength: 300 })])(
    "never exceed a limit, and none is lost",
    (events) => {
      const limits = { perAddress: 5, inSum: 12 };
      const inside = new Map<Closable, string>();
      const places = createConnectionPlaces(
        limits,
        () => undefined,
        () => 0,
      );
      for (const [number, comes] of events) {
        const address = `192.0.2.${String(number)}`;
        if (comes) {
          const connection: Closable = { destroy: () => inside.delete(connection) };
          if (places.enter(address, connection)) inside.set(connection, address);
        } else {
          const [connection] = [...inside].find(([, each]) => each === address) ?? [];
          if (connection === undefined) continue;
          inside.delete(connection);
          places.leave(connection);
        }
        expect(places.open()).toBe(inside.size);
        expect(inside.size).toBeLessThanOrEqual(limits.inSum);
        const own = [...inside.values()].filter((each) => each === address);
        expect(own.length).toBeLessThanOrEqual(limits.perAddress);
      }
    },
  );

  test.prop([fc.array(fc.tuple(fc.nat(6), fc.nat(3)), { maxLength: 400 })])(
    "are taken from an address that has the most of those without a lease",
    (events) => {
      const inside = new Map<Closable, { readonly address: string; readonly holds: boolean }>();
      let uses = 0;
      const places = createConnectionPlaces(
        { perAddress: 0, inSum: 10 },
        () => undefined,
        () => 0,
      );
      const without = (address: string): number =>
        [...inside.values()].filter((each) => each.address === address && !each.holds).length;
      for (const [number, step] of events) {
        const address = `192.0.2.${String(number)}`;
        const [own] = [...inside].find(([, each]) => each.address === address) ?? [];
        if (step === 0 && own !== undefined) {
          inside.delete(own);
          places.leave(own);
        } else if (step === 1 && own !== undefined) {
          inside.set(own, { address, holds: true });
          places.hold(own, `use ${String((uses += 1))}`);
        } else {
          const connection: Closable = {
            destroy() {
              const most = Math.max(...[...inside.values()].map((each) => without(each.address)));
              if (most > 0) expect(without(address)).toBe(most);
              inside.delete(connection);
            },
          };
          if (places.enter(address, connection)) inside.set(connection, { address, holds: false });
        }
        expect(places.open()).toBe(inside.size);
      }
    },
  );
});
