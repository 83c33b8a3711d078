import type { LocalState } from "@databox-cmk/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { createStateFeed } from "./state-feed.ts";

const STATE: LocalState = {
  node: { serial: "DBX-0001", model: "Data Box", agent: "databox-agent/0", custody: "escrow" },
  lock: { kind: "locked", since: "2026-01-01T00:00:00.000Z" },
  passkeyTries: { left: 5, waitSeconds: 0 },
  session: { signedIn: false },
  canShutDown: false,
};

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A stream that the test controls, and its clock. */
function openFeed() {
  const streams: (EventTarget & { readyState: number; isClosed: boolean; close(): void })[] = [];
  const feed = createStateFeed({
    open: () => {
      const stream = Object.assign(new EventTarget(), {
        readyState: 1,
        isClosed: false,
        close() {
          stream.isClosed = true;
        },
      });
      streams.push(stream);
      return stream;
    },
    nowMs: Date.now,
  });
  const unsubscribe = feed.subscribe(() => undefined);
  return {
    feed,
    streams,
    unsubscribe,
    tell: (what: string, data?: unknown) => {
      streams.at(-1)?.dispatchEvent(new MessageEvent(what, { data }));
    },
    wait: (ms: number) => vi.advanceTimersByTime(ms),
  };
}

test("the newest state is shown, with the moment at which it came", () => {
  const { feed, tell, wait } = openFeed();
  expect(feed.view()).toMatchObject({ state: undefined, isLost: false });
  wait(500);
  tell("state", JSON.stringify(STATE));
  expect(feed.view()).toEqual({ state: STATE, receivedAtMs: 500, isLost: false });
});

test.each(["{", "{}", JSON.stringify({ ...STATE, surprise: 1 })])(
  "an invalid state, such as that of an updated agent, is not shown, and the shown one counts as old: %s",
  (data) => {
    const { feed, tell } = openFeed();
    tell("state", JSON.stringify(STATE));
    tell("state", data);
    tell("alive", "{}");
    expect(feed.view()).toMatchObject({ state: STATE, isLost: true });
    tell("state", JSON.stringify(STATE));
    expect(feed.view().isLost).toBe(false);
  },
);

test("a stream that is opened and stays silent is lost, too", () => {
  const { feed, tell, wait, streams } = openFeed();
  tell("state", JSON.stringify(STATE));
  feed.reopen();
  wait(40_000);
  expect(feed.view().isLost).toBe(true);
  expect(streams).toHaveLength(3);
});

test("silence is shown after two missing signs of life, and the state is read again", () => {
  const { feed, tell, wait, streams } = openFeed();
  tell("state", JSON.stringify(STATE));
  wait(20_000);
  tell("alive", "{}");
  wait(20_000);
  expect(feed.view().isLost).toBe(false);
  wait(20_000);
  expect(feed.view()).toMatchObject({ isLost: true, state: STATE });
  expect(streams.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  tell("state", JSON.stringify(STATE));
  expect(feed.view().isLost).toBe(false);
});

test("a stream that the browser gives up is opened again", () => {
  const { feed, tell, wait, streams } = openFeed();
  const [first] = streams;
  if (first !== undefined) first.readyState = 2;
  tell("error");
  expect(feed.view().isLost).toBe(true);
  wait(5_000);
  expect(streams).toHaveLength(2);
});

test("without listeners, nothing is open", () => {
  const { unsubscribe, streams, wait } = openFeed();
  unsubscribe();
  wait(60_000);
  expect(streams.map(({ isClosed }) => isClosed)).toEqual([true]);
});
