import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { assignSlot, createAdmission, releaseSlot, suspendSlot, turnToBegin } from "./admission.ts";
import { ENOUGH_BEGUN } from "./starts.ts";

const RETRY_AFTER_SECONDS = 3;

function openPlaces(maxAtWork: number, utilization: () => number) {
  return createAdmission({ maxAtWork, utilization, noteTurnedAway: () => RETRY_AFTER_SECONDS });
}

/** From the one address that there is, where a test does not say otherwise. */
const connect = (remoteAddress = "192.0.2.1") => ({ remoteAddress });

type Step = "begin" | "vault" | "long-poll" | "back" | "release" | { readonly customer: string };

const notIn = (step: Step): Promise<unknown> =>
  Promise.reject(new Error(`${JSON.stringify(step)}: it is not in`));

/** A request that goes step by step as the test says. */
function request(admission: ReturnType<typeof createAdmission>, connection = connect()) {
  let take = notIn;
  let wait = Promise.withResolvers<undefined>();
  let waited: Promise<unknown> = Promise.resolve();
  const isIn = admission.enter(connection, () => {
    const inContext = AsyncLocalStorage.snapshot();
    take = (step) => inContext(run, step);
  });
  async function run(step: Step): Promise<unknown> {
    if (typeof step === "object") return assignSlot(step.customer);
    if (step === "begin") await turnToBegin();
    else if (step === "release") releaseSlot();
    else if (step === "back") {
      wait.resolve(undefined);
      await waited;
    } else {
      wait = Promise.withResolvers();
      waited = suspendSlot(step, () => wait.promise);
    }
    return undefined;
  }
  return {
    isIn,
    begin: () => take("begin"),
    suspend: (to: "vault" | "long-poll" = "vault") => take(to),
    resume: () => take("back"),
    release: () => take("release"),
    prove: (customer: string) => take({ customer }),
  };
}

/** As many requests of one customer, proven one by one. */
async function crowd(
  admission: ReturnType<typeof createAdmission>,
  customer: string,
  size: number,
) {
  const connection = connect();
  const requests = [];
  for (let index = 0; index < size; index += 1) {
    const each = request(admission, connection);
    expect([each.isIn, await each.prove(customer)]).toEqual([true, undefined]);
    requests.push(each);
  }
  return { connection, requests };
}

describe("admission", () => {
  test("admits requests up to its limit, and the next one when one has left", async () => {
    const admission = openPlaces(2, () => 0);
    const requests = [request(admission), request(admission)];
    expect(requests.map(({ isIn }) => isIn)).toEqual([true, true]);
    expect(request(admission).isIn).toBe(false);
    await requests[0]?.release();
    expect(request(admission).isIn).toBe(true);
    expect(request(admission).isIn).toBe(false);
  });

  test("gives the place of one that waits for a vault to another, and counts both when it is back", async () => {
    const admission = openPlaces(1, () => 0);
    const one = request(admission);
    await one.suspend();
    const other = request(admission);
    expect(other.isIn).toBe(true);
    await one.resume();
    await other.release();
    expect(request(admission).isIn).toBe(false);
    await one.release();
    expect(request(admission).isIn).toBe(true);
  });

  test("no longer counts one that has left while its vault call still runs", async () => {
    const admission = openPlaces(1, () => 0);
    const one = request(admission);
    await one.suspend();
    await one.release();
    await one.resume();
    expect(request(admission).isIn).toBe(true);
    expect(request(admission).isIn).toBe(false);
  });

  test("a saturated process admits only as many as keep it busy, including those at a vault", async () => {
    let utilization = 0.9;
    const admission = openPlaces(256, () => utilization);
    const requests = Array.from({ length: 64 }, () => request(admission));
    for (const each of requests) await each.suspend();
    const next = request(admission);
    expect(next.isIn).toBe(true);
    await next.release();
    utilization = 0.91;
    expect(request(admission).isIn).toBe(false);
    await requests[0]?.resume();
    expect(request(admission).isIn).toBe(false);
    await requests[0]?.release();
    expect(request(admission).isIn).toBe(true);
    expect(request(admission).isIn).toBe(false);
  });

  test("those who wait for news take no place however busy the process is", async () => {
    const admission = openPlaces(1, () => 1);
    for (let index = 0; index < 10; index += 1) {
      const waiting = request(admission);
      expect(waiting.isIn).toBe(true);
      await waiting.suspend("long-poll");
    }
  });

  test("does not count work without a request", async () => {
    await turnToBegin();
    expect(await suspendSlot("vault", () => Promise.resolve("done"))).toBe("done");
    expect(assignSlot("one")).toBeUndefined();
    releaseSlot();
  });
});

describe("the share of a customer", () => {
  test("is the whole process while there are no others", async () => {
    const admission = openPlaces(256, () => 1);
    const { connection } = await crowd(admission, "one", 64);
    expect(request(admission, connection).isIn).toBe(false);
  });

  test("is kept for who comes while a crowd waits for its dead vault, and is an equal one", async () => {
    let utilization = 0;
    const admission = openPlaces(256, () => utilization);
    const dead = await crowd(admission, "dead", 100);
    for (const each of dead.requests) await each.suspend();
    utilization = 1;
    expect(request(admission, dead.connection).isIn).toBe(false);
    const { connection } = await crowd(admission, "quick", 32);
    expect(request(admission, connection).isIn).toBe(false);
    // Only what ends gives the crowd places again, and none before it is down to its share.
    for (const each of dead.requests.slice(0, 68)) await each.release();
    expect(request(admission, dead.connection).isIn).toBe(false);
    await dead.requests[68]?.release();
    expect(request(admission, dead.connection).isIn).toBe(true);
  });

  test("is kept when the maximum number is in progress, even with processor time left", async () => {
    const admission = openPlaces(4, () => 0);
    const { connection } = await crowd(admission, "one", 4);
    expect(request(admission, connection).isIn).toBe(false);
    const other = request(admission);
    expect(other.isIn).toBe(true);
    expect(await other.prove("two")).toBeUndefined();
  });

  test("cannot be exceeded from connections on which nothing was proven yet", async () => {
    const admission = openPlaces(256, () => 1);
    await crowd(admission, "one", 64);
    const fresh = request(admission, connect());
    expect(fresh.isIn).toBe(true);
    expect(await fresh.prove("one")).toBe(RETRY_AFTER_SECONDS);
    await fresh.release();
    expect(await request(admission, connect()).prove("two")).toBeUndefined();
  });

  // Evidence: A flood of requests.
  test("does not count unauthenticated requests: they fill at most half of the places, and one address cannot fill all of these", async () => {
    const admission = openPlaces(256, () => 1);
    await crowd(admission, "one", 64);
    const flood = Array.from({ length: 100 }, () => request(admission, connect("198.51.100.1")));
    expect(flood.filter(({ isIn }) => isIn)).toHaveLength(32);
    const [first] = flood;
    const elsewhere = request(admission, connect("203.0.113.7"));
    expect(elsewhere.isIn).toBe(true);
    expect(await elsewhere.prove("two")).toBeUndefined();
    await first?.release();
    expect(request(admission, connect("198.51.100.1")).isIn).toBe(true);
  });

  test("is not attributed on a connection with two customers", async () => {
    const admission = openPlaces(256, () => 1);
    const { connection, requests } = await crowd(admission, "one", 64);
    expect(request(admission, connection).isIn).toBe(false);
    await requests[0]?.release();
    const other = request(admission, connection);
    expect(other.isIn).toBe(true);
    expect(await other.prove("two")).toBeUndefined();
    expect(await request(admission, connection).prove("two")).toBeUndefined();
    expect(await request(admission, connection).prove("one")).toBe(RETRY_AFTER_SECONDS);
  });
});

/** As many as may have begun, and two that wait behind them. */
async function fillSaturated() {
  const admission = openPlaces(256, () => 1);
  const [one, other, ...others] = Array.from({ length: ENOUGH_BEGUN }, () => request(admission));
  if (one === undefined || other === undefined) throw new TypeError("fewer than two");
  await Promise.all([one, other, ...others].map((each) => each.begin()));
  const begun: string[] = [];
  const behind = (label: string) => {
    const waiting = request(admission);
    return { waiting, turn: waiting.begin().then(() => begun.push(label)) };
  };
  const [first, second] = [behind("first"), behind("second")];
  await setImmediate();
  expect(begun).toEqual([]);
  return { admission, one, other, first, second, begun };
}

describe("in a saturated process", () => {
  test("the next request begins when another one waits for a vault or has ended", async () => {
    const { one, other, first, second, begun } = await fillSaturated();
    await one.suspend();
    await first.turn;
    await setImmediate();
    expect(begun).toEqual(["first"]);
    // Its vault has answered: now one too many has begun, so the end of one lets none begin.
    await one.resume();
    await other.release();
    await setImmediate();
    expect(begun).toEqual(["first"]);
    await first.waiting.release();
    await second.turn;
  });

  test("a request that ends before its turn gives its place back, and takes no turn of another", async () => {
    const { admission, one, first, second } = await fillSaturated();
    const before = admission.atWork();
    await first.waiting.release();
    expect(admission.atWork()).toBe(before - 1);
    await one.release();
    await Promise.all([first.turn, second.turn]);
  });

  test("a request with several messages waits and counts once", async () => {
    const { one, first, second, begun } = await fillSaturated();
    await one.release();
    await first.turn;
    await first.waiting.begin();
    await setImmediate();
    expect(begun).toEqual(["first"]);
    await first.waiting.release();
    await second.turn;
  });
});

describe("a place is given back", () => {
  test("when work throws before it has begun", () => {
    const admission = openPlaces(1, () => 0);
    expect(() =>
      admission.enter(connect(), () => {
        throw new TypeError("a bug");
      }),
    ).toThrow("a bug");
    expect(admission.atWork()).toBe(0);
  });

  test("once, for any number of callers, and all waiters get it", async () => {
    const admission = openPlaces(2, () => 0);
    const other = request(admission);
    let releases = 0;
    admission.enter(connect(), (slot) => {
      slot.onceReleased(() => {
        releases += 1;
      });
      releaseSlot();
      slot.release();
    });
    expect([admission.atWork(), releases]).toEqual([1, 1]);
    await other.release();
    expect(admission.atWork()).toBe(0);
  });
});

// Evidence: Hostile bytes at the door.
test("places that are all taken are an overload at first, and stuck when none of them moves for long", async () => {
  let nowMs = 0;
  const admission = createAdmission({
    maxAtWork: 1,
    utilization: () => 0,
    noteTurnedAway: () => RETRY_AFTER_SECONDS,
    elapsedMs: () => nowMs,
  });
  const first = request(admission);
  nowMs = 14_999;
  expect(admission.isStuck()).toBe(false);
  nowMs = 15_000;
  expect(admission.isStuck()).toBe(true);
  await first.suspend();
  expect(admission.isStuck()).toBe(false);
  await first.release();
});
