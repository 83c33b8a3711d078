import { setTimeout } from "node:timers/promises";

import { renewedLease } from "@databox-cmk/protocol";
import {
  type DeviceAnswer,
  DeviceClient,
  findPostgres,
  requireTool,
  codeOf,
  required,
} from "@databox-cmk/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";

import { type Fleet, openFleet } from "./open-fleet.ts";
import { isKept, readStore } from "./read-store.ts";
import { renew } from "./renew.ts";
import type { Replica } from "./replica-process.ts";

/**
 * How long a vault's answer is held up: long enough to kill or pause a replica that waits for it,
 * also on a busy machine. The broker gives a vault ten seconds.
 */
const VAULT_MS = { killed: 9_000, paused: 5_000 };
const POLL_MS = 10;
const faults = z.object({ value: z.array(z.looseObject({ draws: z.number() })) });
const isLeftOut = !requireTool("postgresql", findPostgres() !== undefined);

const outcomeOf = (answer: DeviceAnswer<unknown> | "lost"): string =>
  answer === "lost" ? answer : codeOf(answer);

describe.skipIf(isLeftOut)("three replicas in processes of their own, behind a round-robin", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await openFleet("postgres");
  });
  afterAll(() => fleet[Symbol.asyncDispose]());
  // A test that failed leaves nothing behind that fails the next one.
  beforeEach(async () => {
    await fleet.control.send("DELETE", "/faults");
    for (const one of fleet.links) one.mend();
    for (const one of fleet.replicas) one.resume();
    await Promise.all(fleet.replicas.map((one) => one.start()));
  });

  const replica = (index: number): Replica => required(fleet.replicas[index]);
  const link = (index: number) => required(fleet.links[index]);
  /** Sends by one replica, and ignores the result. */
  const sendBy = async (
    index: number,
    device: DeviceClient,
    prepared: Awaited<ReturnType<DeviceClient["prepareUnlock"]>>,
  ) => {
    const transport = replica(index).transport();
    device.use(transport);
    const answer = await device.sendUnlock(prepared).catch(() => "lost" as const);
    transport.close();
    device.use(fleet.transport);
    return answer;
  };
  /** Delays the next unwrapping; resolves to a check that it has come to the vault. */
  const holdVault = async (ms: number) => {
    await fleet.control.send("POST", "/faults", {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        scope: { service: "key-vault", operation: "unwrapKey" },
        effect: { kind: "latency", distribution: { kind: "fixed", ms } },
      }),
    });
    return async () => {
      const { text } = await fleet.control.send("GET", "/faults");
      if (!faults.parse(JSON.parse(text)).value.some(({ draws }) => draws > 0)) return undefined;
      await fleet.control.send("DELETE", "/faults");
      return "at the vault";
    };
  };
  /** Holds the next grant's commit in the first replica's link; returns a check for it. */
  const holdGrant = () => {
    const held = link(0).holdGrant();
    return () => Promise.race([held, Promise.resolve(undefined)]);
  };
  /**
   * Sends an unlock by the first replica until it has come to that place; again, as an agent does,
   * while the replica is too busy to come there.
   */
  const sendUntil = async <Place>(
    device: DeviceClient,
    lookFor: () => Promise<Place | undefined>,
    signal: AbortSignal,
  ) => {
    for (;;) {
      const prepared = await device.prepareUnlock("unlock");
      const answer = sendBy(0, device, prepared);
      const outcome = answer.then(outcomeOf);
      for (let early: string | undefined; early === undefined;) {
        signal.throwIfAborted();
        const place = await lookFor();
        if (place !== undefined) return { prepared, answer, place };
        early = await Promise.race([outcome, setTimeout(POLL_MS, undefined)]);
        if (early !== undefined) expect(early).toBe("BrokerBusy");
      }
    }
  };
  /** The expected final content of the database. */
  const expected: {
    readonly device: DeviceClient;
    /** Unlocks that were granted, beside the one of the preparation. */
    readonly grants: number;
    readonly received: readonly string[];
  }[] = [];

  test("the challenge comes from one, the unlock is granted by another, the lease renewed by a third", async () => {
    const device = await fleet.deliver("round");
    const { answer } = await device.unlock("unlock");
    if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
    const renewed = await renew(device, answer.value.lease);
    expect(new Set(fleet.balancer.served.slice(-3)).size).toBe(3);
    const payload = JSON.parse(Buffer.from(renewed.split(".")[1] ?? "", "base64url").toString());
    expect(renewedLease.parse(payload).lease).toMatchObject({ sequence: 1 });
    expected.push({ device, grants: 1, received: [answer.text] });
  });

  test("one that is killed between check and act has given nothing, and the next one grants", async ({
    signal,
  }) => {
    const device = await fleet.deliver("killed");
    const { prepared, answer } = await sendUntil(device, await holdVault(VAULT_MS.killed), signal);
    await replica(0).kill();
    expect(await answer).toBe("lost");
    expect(outcomeOf(await sendBy(1, device, prepared))).toBe("BrokerBusy");
    const again = await device.unlock("unlock");
    if (again.answer.kind !== "answer") throw new Error(JSON.stringify(again.answer));
    expected.push({ device, grants: 1, received: [again.answer.text] });
  });

  test("one that is cut from the database before the commit has given nothing", async ({
    signal,
  }) => {
    const device = await fleet.deliver("cut-before");
    const { prepared, answer } = await sendUntil(device, holdGrant(), signal);
    link(0).cut();
    expect(outcomeOf(await answer)).toBe("BrokerBusy");
    const transport = replica(0).transport();
    expect((await transport.send("GET", "/readyz")).status).toBe(503);
    link(0).mend();
    // It comes back by itself.
    expect((await transport.send("GET", "/readyz")).status).toBe(200);
    transport.close();
    const granted = await sendBy(0, device, await device.prepareUnlock("unlock"));
    if (granted === "lost" || granted.kind !== "answer") throw new Error(JSON.stringify(granted));
    expect(outcomeOf(await sendBy(1, device, prepared))).not.toBe("answer");
    expected.push({ device, grants: 1, received: [granted.text] });
  });

  test("one that is cut from the database after the commit has lost its answer, which any other gives", async ({
    signal,
  }) => {
    const device = await fleet.deliver("cut-after");
    const { prepared, answer, place: commit } = await sendUntil(device, holdGrant(), signal);
    commit.pass();
    commit.hangUp();
    const first = await answer;
    expect(outcomeOf(first)).toMatch(/^answer$|^BrokerBusy$/);
    let second = await sendBy(1, device, prepared);
    // Until the server has worked on the commit.
    while (outcomeOf(second) === "BrokerBusy") {
      signal.throwIfAborted();
      second = await sendBy(1, device, prepared);
    }
    const third = await sendBy(2, device, prepared);
    if (second === "lost" || second.kind !== "answer") throw new Error(JSON.stringify(second));
    expect(third).toMatchObject({ kind: "answer", text: second.text });
    expected.push({ device, grants: 1, received: [second.text] });
  });

  test("one that is paused in the middle of a grant delays no other, and grants nothing when it resumes", async ({
    signal,
  }) => {
    const device = await fleet.deliver("paused");
    const {
      prepared,
      answer: paused,
      place: commit,
    } = await sendUntil(device, holdGrant(), signal);
    replica(0).pause();
    // It holds the order's audit chain until the database ends its transaction.
    expect(outcomeOf(await sendBy(1, device, prepared))).toBe("BrokerBusy");
    const next = await device.prepareUnlock("unlock", {}, (await challengeBy(1, device)).nonce);
    const granted = await untilGranted(device, next, signal);
    commit.pass();
    replica(0).resume();
    expect(outcomeOf(await paused)).toBe("BrokerBusy");
    expected.push({ device, grants: 1, received: [granted] });
  });

  test("one that is paused at the vault takes no lease from a node that has asked again", async ({
    signal,
  }) => {
    const device = await fleet.deliver("paused-at-vault");
    const { answer: paused } = await sendUntil(device, await holdVault(VAULT_MS.paused), signal);
    replica(0).pause();
    const next = await device.prepareUnlock("unlock", {}, (await challengeBy(1, device)).nonce);
    const granted = await untilGranted(device, next, signal);
    replica(0).resume();
    expect(outcomeOf(await paused)).toBe("CounterRollback");
    expected.push({ device, grants: 1, received: [granted] });
  });

  test("have left whole audit chains, with one row for each grant that was given and none for any other", async () => {
    const kept = await readStore(fleet);
    expect(expected).toHaveLength(6);
    for (const { device, grants, received } of expected) {
      expect(kept.granted.get(device.order)).toHaveLength(1 + grants);
      expect(received.filter((text) => !isKept(kept, device.order, text))).toEqual([]);
    }
  });

  async function challengeBy(index: number, device: DeviceClient) {
    const transport = replica(index).transport();
    device.use(transport);
    const challenge = await device.challenge();
    transport.close();
    return challenge;
  }

  /** By the second replica, as an agent tries again; the text of the grant. */
  async function untilGranted(
    device: DeviceClient,
    prepared: Awaited<ReturnType<DeviceClient["prepareUnlock"]>>,
    signal: AbortSignal,
  ): Promise<string> {
    for (;;) {
      signal.throwIfAborted();
      const answer = await sendBy(1, device, prepared);
      if (answer !== "lost" && answer.kind === "answer") return answer.text;
      expect(outcomeOf(answer)).toBe("BrokerBusy");
    }
  }
});
