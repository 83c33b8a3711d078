import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { followOrders } from "./live-updates.ts";

const CONNECTING = 0;
const CLOSED = 2;

class FakeStream extends EventTarget {
  readyState: number = CONNECTING;
  isEnded = false;
  close(): void {
    this.isEnded = true;
  }
}

function follow() {
  const streams: FakeStream[] = [];
  const states: boolean[] = [];
  const changed: string[][] = [];
  const many = vi.fn<() => void>();
  const end = followOrders(
    () => {
      const stream = new FakeStream();
      streams.push(stream);
      return stream;
    },
    {
      onChanged: (ids) => changed.push([...ids]),
      onMany: many,
      onConnected: (isConnected) => states.push(isConnected),
    },
  );
  return { streams, states, changed, many, end };
}

function refuse(stream: FakeStream | undefined): void {
  if (stream === undefined) return;
  stream.readyState = CLOSED;
  stream.dispatchEvent(new Event("error"));
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("changes that come close together are announced together", () => {
  const { streams, changed, end } = follow();
  for (const id of ["/A", "/b", "/a"])
    streams[0]?.dispatchEvent(
      new MessageEvent("order", { data: JSON.stringify({ id, what: ["lock"] }) }),
    );
  streams[0]?.dispatchEvent(new MessageEvent("order", { data: "{" }));
  vi.advanceTimersByTime(1000);
  expect(changed).toEqual([["/a", "/b"]]);
  end();
  expect(streams[0]?.isEnded).toBe(true);
});

test("a stream that breaks is reported, and the browser opens it again", () => {
  const { streams, states } = follow();
  streams[0]?.dispatchEvent(new Event("open"));
  streams[0]?.dispatchEvent(new Event("error"));
  vi.advanceTimersByTime(30_000);
  expect([states, streams.length]).toEqual([[true, false], 1]);
});

test("a silent stream is reported and opened again, and one that sends a sign of life is not", () => {
  const { streams, states, many, end } = follow();
  streams[0]?.dispatchEvent(new Event("open"));
  for (let beats = 0; beats < 10; beats += 1) {
    vi.advanceTimersByTime(20_000);
    streams[0]?.dispatchEvent(new MessageEvent("alive", { data: "{}" }));
  }
  expect([states, streams.length]).toEqual([[true], 1]);
  vi.advanceTimersByTime(60_000);
  expect([states, streams.length, streams[0]?.isEnded]).toEqual([[true, false], 2, true]);
  streams[1]?.dispatchEvent(new Event("open"));
  streams[1]?.dispatchEvent(new MessageEvent("many", { data: "{}" }));
  expect(states).toEqual([true, false, true]);
  expect(many).toHaveBeenCalledTimes(1);
  end();
  vi.advanceTimersByTime(600_000);
  expect(streams).toHaveLength(2);
});

test("a stream that was refused is opened again from here, until it is ended", () => {
  const { streams, states, end } = follow();
  refuse(streams[0]);
  vi.advanceTimersByTime(5000);
  expect(streams).toHaveLength(2);
  streams[1]?.dispatchEvent(new Event("open"));
  expect(states).toEqual([false, true]);
  refuse(streams[1]);
  end();
  vi.advanceTimersByTime(60_000);
  expect(streams).toHaveLength(2);
});
