import { matchesCommitment, parseEnvelope } from "@databox-cmk/crypto";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { required } from "@databox-cmk/testkit";
import { fc, test } from "@fast-check/vitest";
import { afterAll, beforeAll, expect } from "vitest";

import { NONCE_LIFETIME_MS } from "../../src/release/message/challenge.ts";
import { ENGINE } from "../store/open-test-store.ts";
import { VAULT_NAME } from "../world/customer-vault.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import {
  ANSWER_TIMEOUT_MS,
  askRenewal,
  askUnlock,
  type Captured,
  hand,
  isOpen,
  type Message,
  send,
  type Site,
} from "./wire.ts";

const PROBE_SECONDS = 30;
const LOOK_SECONDS = PROBE_SECONDS / 10;
const LEASE_SECONDS = 60;
/** From a refusal on: the probe and its look, the last lease, and an answer that was on its way. */
const BOUND_MS = (PROBE_SECONDS + LOOK_SECONDS + LEASE_SECONDS) * 1000 + ANSWER_TIMEOUT_MS;

const index = fc.nat(40);
const site = fc.nat(1);
const replica = fc.nat(1);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("ask" as const), site }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("race-for-nonce" as const), site }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("renew" as const), site }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("deliver" as const), message: index, replica }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("hand" as const), answer: index, site }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("honest" as const), site, replica }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("race" as const), one: index, other: index }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("use-nonce-again" as const), site, message: index }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("swap" as const),
      message: index,
      onto: index,
      replica,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("roll-back" as const),
      site,
      by: fc.integer({ min: 1, max: 9 }),
      replica,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("another-boot" as const), site, replica }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      seconds: fc.integer({ min: 1, max: 100 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("key" as const), enabled: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("vault" as const), silent: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("switch" as const), revoked: fc.boolean() }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

let world: BrokerWorld;
let replicas: ReturnType<BrokerWorld["replicas"]>;
let runs = 0;
beforeAll(async () => {
  world = await openBroker({
    settings: {
      PROBE_INTERVAL_SECONDS: String(PROBE_SECONDS),
      LEASE_TTL_SECONDS: String(LEASE_SECONDS),
      OUTAGE_GRACE_SECONDS: "0",
    },
    replicas: 2,
  });
  replicas = world.replicas();
});
afterAll(() => world[Symbol.asyncDispose]());

/**
 * One run: two appliances of two orders, two replicas, and everything that was ever on the wire.
 */
class Run {
  readonly sites: readonly Site[];
  readonly orders: readonly string[];
  readonly messages: Message[] = [];
  readonly answers: Captured[] = [];
  /** Grants by the nonce of the message that they answered. */
  readonly grants = new Map<string, Set<string>>();
  isEnabled = true;
  isSilent = false;
  isRevoked = false;
  /** Since when the vault, or the switch, has said no without a break. */
  refusedSinceMs: number | undefined;

  constructor(orders: readonly string[], sites: readonly Site[]) {
    this.orders = orders;
    this.sites = sites;
  }

  async deliver(message: Message, replicaIndex: number, path = message.path): Promise<Captured> {
    const answer = await send(message, path, at(replicas, replicaIndex).transport);
    this.answers.push(answer);
    if (answer.typ === MESSAGE_TYPES.grant) this.noteGrant(message, answer);
    return answer;
  }

  noteGrant({ nonce = "", madeAtMs }: Message, { text }: Captured): void {
    const known = this.grants.get(nonce) ?? new Set();
    // The same bytes again are a lost answer; anything else is another grant.
    if (!known.has(text))
      expect(world.clock.nowMs - madeAtMs).toBeLessThanOrEqual(NONCE_LIFETIME_MS);
    known.add(text);
    this.grants.set(nonce, known);
    expect(known.size).toBe(1);
  }

  async hand(target: Site, answer: Captured): Promise<void> {
    const contentKey = await hand(target, answer, world.clock.nowMs);
    if (contentKey === undefined) return;
    for (const each of this.sites)
      expect(matchesCommitment(parseEnvelope(each.device.envelope?.jwe), contentKey)).toBe(
        each === target,
      );
  }

  /** As time passes the brokers look for keys that are due, in turns. */
  async pass(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= LOOK_SECONDS) {
      world.clock.nowMs += Math.min(left, LOOK_SECONDS) * 1000;
      await at(replicas, left).broker.probe();
    }
  }

  isRefusing(): boolean {
    return this.isRevoked || (!this.isEnabled && !this.isSilent);
  }

  noteRefusing(): void {
    if (!this.isRefusing()) this.refusedSinceMs = undefined;
    else this.refusedSinceMs ??= world.clock.nowMs;
  }

  expectBound(): void {
    if (this.refusedSinceMs === undefined) return;
    const elapsedMs = world.clock.nowMs - this.refusedSinceMs;
    if (elapsedMs <= BOUND_MS) return;
    for (const each of this.sites) expect(isOpen(each, world.clock.nowMs)).toBe(false);
  }
}

function at<Value>(values: readonly Value[], position: number): Value {
  return required(values[Math.abs(position) % values.length]);
}

async function step(run: Run, what: Action): Promise<void> {
  const { messages, answers, sites } = run;
  const nowMs = world.clock.nowMs;
  const keep = (message: Message | undefined) => {
    if (message !== undefined) messages.push(message);
  };
  switch (what.do) {
    case "ask":
      return keep(await askUnlock(at(sites, what.site), nowMs));
    case "renew":
      return keep(await askRenewal(at(sites, what.site), nowMs));
    case "deliver":
      if (messages.length > 0) await run.deliver(at(messages, what.message), what.replica);
      return;
    case "hand":
      if (answers.length > 0) await run.hand(at(sites, what.site), at(answers, what.answer));
      return;
    case "honest": {
      const target = at(sites, what.site);
      const message = isOpen(target, nowMs)
        ? await askRenewal(target, nowMs)
        : await askUnlock(target, nowMs);
      keep(message);
      if (message !== undefined) await run.hand(target, await run.deliver(message, what.replica));
      return;
    }
    case "race":
      if (messages.length > 0)
        await Promise.all([
          run.deliver(at(messages, what.one), 0),
          run.deliver(at(messages, what.other), 1),
          run.deliver(at(messages, what.one), 1),
        ]);
      return;
    case "race-for-nonce": {
      const target = at(sites, what.site);
      const one = await askUnlock(target, nowMs);
      const other = await askUnlock(target, nowMs, one.nonce);
      messages.push(one, other);
      await Promise.all([run.deliver(one, 0), run.deliver(other, 1)]);
      return;
    }
    case "use-nonce-again": {
      const nonces = messages.flatMap(({ nonce }) => nonce ?? []);
      if (nonces.length > 0)
        keep(await askUnlock(at(sites, what.site), nowMs, at(nonces, what.message)));
      return;
    }
    case "swap":
      if (messages.length > 0) {
        const { path } = at(messages, what.onto);
        await run.deliver(at(messages, what.message), what.replica, path);
      }
      return;
    case "roll-back":
    case "another-boot": {
      const target = at(sites, what.site);
      const change =
        what.do === "roll-back"
          ? { counter: Math.max(1, target.device.counter - what.by) }
          : {
              counter: target.device.counter + 1000,
              bootId: "00000000-0000-4000-8000-0000000000ff",
            };
      const message = await askRenewal(target, nowMs, change);
      if (message === undefined) return;
      keep(message);
      const { lastCounter } = await counterOf(target);
      const answer = await run.deliver(message, what.replica);
      if (what.do === "another-boot" || change.counter <= lastCounter)
        expect(answer.typ).not.toBe(MESSAGE_TYPES.lease);
      return;
    }
    case "pass":
      return run.pass(what.seconds);
    case "key":
      run.isEnabled = what.enabled;
      world.vaults.setEnabled(world.kid, what.enabled);
      return;
    case "vault":
      run.isSilent = what.silent;
      world.vaults.setOutage(VAULT_NAME, what.silent ? SILENT : undefined);
      return;
    case "switch":
      run.isRevoked = what.revoked;
      for (const order of run.orders)
        await world.call("POST", `${order}/${what.revoked ? "revoke" : "restoreAccess"}?${API}`, {
          body: what.revoked ? { reason: "property" } : {},
        });
  }
}

const SILENT = { code: "KeyVaultUnreachable", reason: "timeout" } as const;

async function counterOf({ held }: Site): Promise<{ readonly lastCounter: number }> {
  const lease = await world
    .store()
    .selectFrom("leases")
    .select("last_counter")
    .where("id", "=", held?.lease ?? "")
    .executeTakeFirst();
  return { lastCounter: lease?.last_counter ?? 0 };
}

async function openRun(): Promise<Run> {
  runs += 1;
  world.vaults.setEnabled(world.kid, true);
  world.vaults.setOutage(VAULT_NAME, undefined);
  const names = [`run-${String(runs)}-a`, `run-${String(runs)}-b`];
  const sites: Site[] = [];
  for (const name of names) sites.push({ device: await world.delivered(name) });
  return new Run(
    names.map((name) => jobPath(name)),
    sites,
  );
}

test.prop([fc.array(action, { minLength: 20, maxLength: 60 })], {
  numRuns: ENGINE === "sqlite" ? 30 : 6,
})(
  // Evidence: A replayed request.
  // Evidence: No grant without a fresh nonce.
  "an attacker who drops, replays, reorders, swaps, races and rolls back gets no second grant for a nonce, no key of another node, and no volume that stays open beyond the bound",
  async (actions) => {
    const run = await openRun();
    for (const each of actions) {
      await step(run, each);
      run.noteRefusing();
      run.expectBound();
    }
    // In every case: once the key is refused, no node is open after the bound, answered or not.
    await step(run, { do: "vault", silent: false });
    await step(run, { do: "key", enabled: false });
    run.noteRefusing();
    for (let rounds = 0; rounds < 6; rounds += 1) {
      await run.pass(20);
      await step(run, { do: "honest", site: rounds, replica: rounds });
      run.expectBound();
    }
    await run.pass(30);
    run.expectBound();
    for (const each of run.sites) expect(isOpen(each, world.clock.nowMs)).toBe(false);
  },
);
