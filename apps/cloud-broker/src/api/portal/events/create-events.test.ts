import { AppError } from "@databox-cmk/errors";
import type { AuditAction } from "@databox-cmk/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type AppendAudit, createAppendAudit } from "../../../audit/append-audit.ts";
import { type OrderId, orderIdOf } from "../../../core/order.ts";
import type { Caller, Session } from "../../../http/route.ts";
import { openStore } from "../../../store/open-store.ts";
import type { Store } from "../../../store/store.ts";
import { createEvents, type EventDependencies, type PortalEvents } from "./create-events.ts";

const order = (name: string): OrderId =>
  orderIdOf({ subscriptionId: "s", resourceGroup: "g", name });
const caller = (name: string): Caller => ({ objectId: name, name, isPerson: true, roles: [] });

let nowMs: number;
const now = (): number => nowMs;
let store: Store;
let appendAudit: AppendAudit;
let alive: Set<string>;
let events: PortalEvents;
beforeEach(async () => {
  nowMs = 1_800_000_000_000;
  store = await openStore(":memory:");
  appendAudit = createAppendAudit({ now });
  alive = new Set(["ada", "ren"]);
  events = create();
});
afterEach(async () => {
  events.close();
  await store.destroy();
});

function create(changed: Partial<EventDependencies> = {}): PortalEvents {
  return createEvents({
    store,
    sessions: { alive: (ids) => Promise.resolve(new Set(ids.filter((id) => alive.has(id)))) },
    mayRead: ({ name }, id) => Promise.resolve(name === "ada" || !id.endsWith("/secret")),
    now,
    ...changed,
  });
}

const write = (chain: OrderId | "broker", action: AuditAction): Promise<unknown> =>
  store.transaction().execute((transaction) =>
    appendAudit(transaction, chain, {
      action,
      actor: { kind: "broker" },
      outcome: "done",
      correlationId: "c",
    }),
  );

/** A person's page that has received its first event. */
async function open(who: string, at = events) {
  const left = new AbortController();
  const session = { idHash: who, expiresAtMs: nowMs + 3_600_000 } as Session;
  const texts = at.listen(session, caller(who))(left.signal)[Symbol.asyncIterator]();
  expect((await texts.next()).value).toBe("retry: 2000\nevent: hello\ndata: {}\n\n");
  return { next: () => texts.next(), leave: () => left.abort() };
}
const eventOf = (name: string, ...what: string[]): string =>
  `event: order\ndata: ${JSON.stringify({ id: order(name), what })}\n\n`;

describe("a page", () => {
  test("receives the writes of every replica, once", async () => {
    const other = create();
    const page = await open("ada");
    const far = await open("ada", other);
    await write(order("one"), "unlock");
    await write(order("one"), "order/dispatch");
    await events.poll();
    await other.poll();
    const told = eventOf("one", "activity", "approval", "lock", "stage");
    expect((await page.next()).value).toBe(told);
    expect((await far.next()).value).toBe(told);
    nowMs += 500;
    await write(order("two"), "key/health");
    await events.poll();
    expect((await page.next()).value).toBe(eventOf("two", "activity", "health"));
    other.close();
  });

  test("receives a late commit of a replica whose clock is behind", async () => {
    const page = await open("ada");
    await events.poll();
    nowMs -= 1_500;
    await write(order("late"), "relock");
    nowMs += 3_000;
    await events.poll();
    expect((await page.next()).value).toBe(eventOf("late", "activity", "lock"));
  });

  test("receives nothing about orders that its person may not read, nor about the broker itself", async () => {
    const page = await open("ren");
    await write(order("secret"), "unlock");
    await write("broker", "caller/authorise");
    await write(order("public"), "relock");
    await events.poll();
    expect((await page.next()).value).toBe(eventOf("public", "activity", "lock"));
  });

  test("receives its news also while the rights of another page's person cannot be read", async () => {
    const failing = create({
      mayRead: ({ name }) =>
        name === "ren"
          ? Promise.reject(new AppError("ResourceManagerUnreachable", { reason: "roles-hidden" }))
          : Promise.resolve(true),
    });
    const hidden = await open("ren", failing);
    const page = await open("ada", failing);
    await write(order("one"), "relock");
    await failing.poll();
    expect((await page.next()).value).toBe(eventOf("one", "activity", "lock"));
    hidden.leave();
    failing.close();
  });

  test("that reads slowly receives all changes at once, and very many without names", async () => {
    const page = await open("ada");
    for (let number = 0; number < 60; number += 1)
      await write(order(`a${String(number)}`), "unlock");
    await events.poll();
    for (let number = 0; number < 60; number += 1)
      await write(order(`b${String(number)}`), "unlock");
    await events.poll();
    expect((await page.next()).value).toBe("event: many\ndata: {}\n\n");
  });

  test("hears a heartbeat when nothing happens", async () => {
    const quick = create({ heartbeatMs: 1 });
    const page = await open("ada", quick);
    expect((await page.next()).value).toBe("event: alive\ndata: {}\n\n");
    quick.close();
  });

  test("that leaves is forgotten, and queries for it stop", async () => {
    const page = await open("ada");
    const waiting = page.next();
    page.leave();
    expect(await waiting).toEqual({ done: true, value: undefined });
    let asked = 0;
    const counted = create({
      sessions: { alive: () => Promise.resolve(((asked += 1), new Set())) },
    });
    await counted.poll();
    expect(asked).toBe(0);
  });
});

describe("listening ends", () => {
  test("when the session does, wherever it was signed out", async () => {
    const ada = await open("ada");
    const ren = await open("ren");
    const waiting = ada.next();
    alive.delete("ada");
    nowMs += 5_000;
    await events.poll();
    expect((await waiting).done).toBe(true);
    await write(order("one"), "relock");
    await events.poll();
    expect((await ren.next()).done).toBe(false);
  });

  test("after ten minutes, so that rights are checked again", async () => {
    const page = await open("ada");
    await write(order("one"), "relock");
    nowMs += 600_000;
    await events.poll();
    await write(order("one"), "relock");
    await events.poll();
    expect((await page.next()).done).toBe(true);
  });

  test("when the broker closes, and later connections are refused", async () => {
    const page = await open("ada");
    const waiting = page.next();
    events.close();
    expect((await waiting).done).toBe(true);
    await expect(open("ada")).rejects.toMatchObject({ code: "TooManyRequests" });
  });
});

test("one session listens eight times at most", async () => {
  const pages = await Promise.all(Array.from({ length: 8 }, () => open("ada")));
  await expect(open("ada")).rejects.toMatchObject({ code: "TooManyRequests" });
  await open("ren");
  const waiting = pages[0]?.next();
  pages[0]?.leave();
  await waiting;
  await open("ada");
});
