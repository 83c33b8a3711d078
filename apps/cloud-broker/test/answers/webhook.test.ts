// @module-tag one-engine

import { afterAll, beforeAll, expect, test } from "vitest";

import { decideDelivery } from "../../src/core/webhook-retry.ts";
import { createPostEvent } from "../../src/events/post-event.ts";
import { type Answer, json } from "./calls.ts";
import { DELIVERY_NAMES, openDeliveries } from "./deliver.ts";

const STATUSES = [
  200, 201, 202, 204, 206, 299, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408,
  409, 410, 413, 415, 421, 422, 425, 429, 431, 451, 499, 500, 501, 502, 503, 504, 507, 511, 599,
  600, 999,
];
const WAITS = [
  "0",
  "7",
  "3600",
  "99999999",
  "-1",
  "1.5",
  "",
  "Wed, 21 Oct 2099 07:28:00 GMT",
  "7, 8",
];
/** No head, or one that must not be believed: nothing was told. */
const HEADLESS = new Set<string>([
  "reset",
  "not HTTP",
  "two lengths",
  "length and chunks",
  "only early hints",
  "a bad header",
]);
/** On a busy machine a reset can overtake the head. */
const BROKEN_OFF = new Set<string>(["reset after the head", "half"]);
const HOUR_MS = 3_600_000;
const FACTS = { attempts: 0, createdAtMs: 0, nowMs: 1000, random: 0.5 };

const posting = createPostEvent(undefined);
let deliveries: Awaited<ReturnType<typeof openDeliveries>>;
beforeAll(async () => {
  deliveries = await openDeliveries();
});
afterAll(() => {
  deliveries.close();
  posting[Symbol.dispose]();
});

const sent = (answer: Answer, delivery: (typeof DELIVERY_NAMES)[number]) =>
  posting.post(deliveries.prepare(answer, delivery).href, {}, "{}");

/** Each silent one would take the whole time limit of a call. */
const DELIVERIES = DELIVERY_NAMES.filter((name) => name !== "silent");

test.each(DELIVERIES)(
  "a receiver whose answer comes as: %s is believed in its status alone, and the next answer is taken",
  async (delivery) => {
    for (const status of STATUSES) {
      const answer = { ...json({ taken: true }, status), headers: { "retry-after": "7" } };
      const told = await sent(answer, delivery);
      const isCut = BROKEN_OFF.has(delivery) && told.status === undefined;
      expect([status, told.status]).toEqual([
        status,
        HEADLESS.has(delivery) || isCut ? undefined : status,
      ]);
      const { kind } = decideDelivery(told, FACTS);
      const isTaken = told.status !== undefined && status >= 200 && status < 300;
      const isGone = told.status === 410;
      expect([status, kind]).toEqual([
        status,
        isTaken ? "delivered" : isGone ? "given-up" : "retry",
      ]);
    }
    const next = await sent(json(undefined, 204), "HTTP 1.0");
    expect(decideDelivery(next, FACTS)).toEqual({ kind: "delivered" });
  },
);

test.each(WAITS)(
  "a wait of %j is kept if it is a number of seconds, and an hour at most",
  async (wait) => {
    const told = await sent({ ...json({}, 503), headers: { "retry-after": wait } }, "HTTP 1.0");
    const decision = decideDelivery(told, FACTS);
    const seconds = /^\d{1,6}$/.test(wait) ? Number(wait) : 0;
    const waitMs = Math.max(5000, Math.min(seconds * 1000, HOUR_MS));
    expect(decision).toEqual({ kind: "retry", atMs: FACTS.nowMs + waitMs });
  },
);
