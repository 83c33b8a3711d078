import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

import { namesOf } from "@databox-cmk/errors";
import { type DeviceClient, RekeyClient } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { foldOrderId } from "../../src/core/order.ts";
import { type Guard, WAYS_OUT, type WayOut } from "../../src/core/ways-out.ts";
import { forgetExpired } from "../../src/release/message/stored-answers.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { wrapNextTransaction } from "../world/wrap-next-transaction.ts";
import { renderGuards } from "./write-guards.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker({ replicas: 2 });
});
afterAll(() => world[Symbol.asyncDispose]());

const call = (job: string, method: string, path: string, body?: object) =>
  world.call(method, `${jobPath(job)}${path}?${API}`, body === undefined ? {} : { body });
const done = async (answer: Promise<{ readonly status: number }>): Promise<void> => {
  expect((await answer).status).toBeLessThan(300);
};
const writePolicy = async (job: string, required: number, breakGlass = false): Promise<void> => {
  const { json } = await call(job, "GET", "/unlockPolicy");
  const approvals = { ...json.release.approvals, required };
  const release = { ...json.release, approvals, breakGlass };
  await done(call(job, "PUT", "/unlockPolicy", { ...json, release }));
};
const submit = (job: string, challenge: string, oid?: string) =>
  world.call("POST", `${jobPath(job)}/offlineUnlocks?${API}`, {
    body: { challenge, reason: "no network" },
    ...(oid === undefined ? {} : { claims: { roles: ["DataBoxOperator"], oid } }),
  });
const addRecoveryKey = async (job: string): Promise<void> => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" });
  await done(call(job, "PUT", "/backupKeys/mine", { kind: "RecoveryKey", publicKey: pem }));
};

/** The first content key that the vault unwraps from now on does not arrive before `meanwhile`. */
function atTheVault(meanwhile: () => Promise<unknown>): void {
  const { port } = world.vaults;
  const { unwrapKey } = port;
  port.unwrapKey = async (...asked) => {
    const unwrapped = await unwrapKey(...asked);
    port.unwrapKey = unwrapKey;
    await meanwhile();
    return unwrapped;
  };
}

type Meanwhile = () => Promise<unknown>;
/** The code that is said; undefined: it has left. */
type Said = string | undefined;
const codeOf = (answer: { kind: string; value?: object }): Said =>
  answer.kind === "denial" ? String(Object(answer.value).code) : undefined;
const errorOf = ({ status, json }: { status: number; json: { error?: { code: string } } }): Said =>
  status < 300 ? undefined : json.error?.code;

const ASK: Record<WayOut, (job: string, device: DeviceClient, it: Meanwhile) => Promise<Said>> = {
  async preparation(_job, device, it) {
    atTheVault(it);
    return codeOf((await device.unlock("prepare")).answer);
  },
  async unlock(_job, device, it) {
    atTheVault(it);
    return codeOf((await device.unlock("unlock")).answer);
  },
  async "carried unlock"(job, device, it) {
    const { text } = await device.prepareChallenge();
    atTheVault(it);
    return errorOf(await submit(job, text));
  },
  async "repeated answer"(_job, device, it) {
    const asked = await device.prepareUnlock("unlock");
    const first = await device.sendUnlock(asked);
    expect(await device.sendUnlock(asked)).toEqual(first);
    // Later than another replica might still be at the vault.
    world.clock.nowMs += 20_000;
    await it();
    return codeOf(await device.sendUnlock(asked));
  },
  async "repeated carried answer"(job, device, it) {
    const { text } = await device.prepareChallenge();
    await done(submit(job, text));
    await done(submit(job, text));
    await it();
    return errorOf(await submit(job, text));
  },
  async rekey(_job, device, it) {
    const client = await RekeyClient.unlock(device);
    atTheVault(it);
    const { payload } = await client.ask();
    return "code" in payload ? String(payload["code"]) : undefined;
  },
  async passkey(job, _device, it) {
    atTheVault(it);
    return errorOf(await call(job, "POST", "/listCredentials", {}));
  },
  async envelopes(job, _device, it) {
    const stores = world.replicas().map(({ store }) => store);
    wrapNextTransaction(stores, async (execute) => {
      await it();
      await execute();
    });
    return errorOf(await call(job, "GET", "/envelopes"));
  },
};

const revoke = (job: string) => done(call(job, "POST", "/revoke", { reason: "lost" }));
const restore = (job: string) => done(call(job, "POST", "/restoreAccess", {}));
const replace = (job: string, { serial }: DeviceClient) =>
  done(world.operator("replaceDevice", job, { serial, reason: "stolen" }));
const fail = (job: string) => done(world.operator("fail", job, { outcome: "Aborted" }));
const erase = async (job: string) => {
  await fail(job);
  await done(world.operator("erase", job));
};
/** Events, and the guard that must see each. */
const HAPPENS: Readonly<
  Record<string, readonly [Guard, (job: string, device: DeviceClient) => Promise<unknown>]>
> = {
  "a kill switch is activated": ["switches", revoke],
  "a kill switch is activated and turned off again": [
    "switches",
    async (job) => {
      await revoke(job);
      await restore(job);
    },
  ],
  "the order ends": ["stage", fail],
  "the order is erased": ["stage", erase],
  "the device is replaced": [
    "device",
    async (job, device) => {
      await revoke(job);
      await replace(job, device);
      await restore(job);
    },
  ],
  "the lease has ended": [
    "lease",
    (job) =>
      world
        .store()
        .updateTable("leases")
        .set({ state: "closed" })
        .where("order_id", "=", foldOrderId(jobPath(job)))
        .execute(),
  ],
  "the policy is written": ["policy", (job) => writePolicy(job, 1)],
  "approvals are asked for": ["approvals", (job) => writePolicy(job, 1)],
  "the day's unlocks are used up": [
    "budget",
    async (job) => {
      await done(call(job, "PUT", "/unlockBudget", { unlocksPerDay: 1 }));
      await world
        .store()
        .updateTable("unlock_budgets")
        .set({ used: 1, day_ms: world.clock.nowMs })
        .where("order_id", "=", foldOrderId(jobPath(job)))
        .execute();
    },
  ],
};
/** The device of a revoked node: the switch is seen first. */
const FIRST: Readonly<Record<string, string>> = { device: "UnlockRevoked" };

/** All that a database keeps of answers that hold a content key. */
const keptOf = async (job: string) => {
  const store = world.store();
  const order = jobPath(job).toLowerCase();
  const carried = await store
    .selectFrom("offline_unlocks")
    .select(["answer", "order_id"])
    .execute();
  const stored = await store
    .selectFrom("stored_answers")
    .innerJoin("consumed_nonces", "consumed_nonces.request_hash", "stored_answers.request_hash")
    .select("body")
    .where("status", "=", 200)
    .execute();
  return {
    carried: carried.flatMap(({ answer, order_id }) => (order_id === order && answer ? [1] : [])),
    stored: stored.length,
  };
};

/** The answer to a message whose kept answer is gone. */
const LATE: Partial<Record<WayOut, string>> = {
  "repeated answer": "NonceExpired",
  "repeated carried answer": "ReplayDetected",
};
/** A name of an order has few letters. */
const shortOf = (way: string) => way.replaceAll(/[aeiou ]/g, "");

/** Tested elsewhere, or no end of this way. */
const isLeftOut = (way: WayOut, guard: Guard, what: string): boolean => {
  const isShown = way === "passkey" || way === "envelopes";
  // Approvals of a request that waited are in test/approvals. Until the erasure, an order that has
  // ended shows its passkey. An export begins and ends in one transaction.
  if (guard === "approvals" || what === "the order ends")
    return isShown !== (guard === "approvals");
  return way === "envelopes" && what.endsWith("off again");
};

const cases = namesOf(WAYS_OUT).flatMap((way) =>
  Object.entries(HAPPENS).flatMap(([what, [guard, happen]], index) => {
    const rule = WAYS_OUT[way][guard];
    return rule.read === "again" && !isLeftOut(way, guard, what)
      ? [{ way, what, happen, guard, index, rule }]
      : [];
  }),
);

test("the page about the guards is made from the table", () => {
  const page = new URL("../../../../docs/customer/guards.md", import.meta.url);
  expect(readFileSync(page, "utf8")).toBe(renderGuards());
});

// Evidence: A cut-off while the answer is made.
test.each(cases)(
  "$way: nothing leaves once $what, and $rule.says is said",
  async ({ way, happen, guard, index, rule }) => {
    const job = `${shortOf(way)}-${String(index)}`;
    const device = await (way === "preparation" ? world.prepared(job) : world.delivered(job));
    const said = await ASK[way](job, device, () => happen(job, device));
    const late = happen === erase ? LATE[way] : undefined;
    const first = way in LATE ? undefined : FIRST[guard];
    expect(said).toBe(late ?? first ?? rule.says);
  },
);

test.each(["preparation", "unlock", "carried unlock"] as const)(
  "%s: the device that was replaced alone gets nothing",
  async (way) => {
    const job = `replaced-${shortOf(way)}`;
    const device = await (way === "preparation" ? world.prepared(job) : world.delivered(job));
    expect(await ASK[way](job, device, () => replace(job, device))).toBe("DeviceNotAuthenticated");
  },
);

test.each(["passkey", "envelopes"] as const)(
  "%s: an order that was deleted has none",
  async (way) => {
    const job = `deleted-${way}`;
    const device = await world.delivered(job);
    const end = async () => {
      await done(world.operator("fail", job, { outcome: "Aborted" }));
      await done(call(job, "DELETE", ""));
    };
    expect(await ASK[way](job, device, end)).toMatch(/NotFound/);
  },
);

describe("an answer that is kept for repeats", () => {
  test("is deleted with the keys of its order", async () => {
    const device = await world.delivered("kept");
    const { stored } = await keptOf("kept");
    expect((await device.unlock("unlock")).answer.kind).toBe("answer");
    await done(submit("kept", (await device.prepareChallenge()).text));
    expect(await keptOf("kept")).toEqual({ carried: [1], stored: stored + 1 });
    await erase("kept");
    expect(await keptOf("kept")).toEqual({ carried: [], stored: stored - 1 });
  });

  test("is deleted after its minutes, and its challenge is not answered again", async () => {
    const device = await world.delivered("old");
    const { text } = await device.prepareChallenge();
    await done(submit("old", text));
    world.clock.nowMs += 16 * 60_000;
    await forgetExpired(world.store(), world.clock.nowMs);
    expect(await keptOf("old")).toMatchObject({ carried: [] });
    expect(errorOf(await submit("old", text))).toBe("ReplayDetected");
  });

  test("has a row in the audit log with the person who carries it away again", async () => {
    const device = await world.delivered("again");
    const { text } = await device.prepareChallenge();
    await done(submit("again", text));
    const other = "77777777-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
    await done(submit("again", text, other));
    const { json } = await call("again", "GET", "/activity");
    const rows = json.value.map(({ row }: { row: object }) => row);
    expect(rows.at(-1)).toMatchObject({
      action: "offline-unlock",
      outcome: "done",
      actor: { objectId: other },
      detail: { repeated: true },
    });
  });
});

test("a copy of an approved message at another replica's vault gets no grant once it was cut off", async () => {
  for (const cutOff of [
    revoke,
    erase,
    (job: string, device: DeviceClient) => replace(job, device),
  ]) {
    const job = `twice-${cutOff.name || "replaced"}`;
    const device = await world.delivered(job);
    await writePolicy(job, 1);
    const asked = await device.prepareUnlock("unlock");
    expect((await device.sendUnlock(asked)).kind).toBe("pending");
    const { json } = await call(job, "GET", "/approvals");
    await done(call(job, "POST", `/approvals/${json.value[0].id}/approve`, { reason: "known" }));
    const [one, other] = world.replicas();
    const entered = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    atTheVault(() => {
      entered.resolve();
      return opened.promise;
    });
    const send = (transport = one?.transport) => {
      if (transport !== undefined) device.use(transport);
      return device.sendUnlock(asked);
    };
    const late = send();
    await entered.promise;
    expect((await send(other?.transport)).kind).toBe("answer");
    if (cutOff !== revoke && cutOff !== erase) await revoke(job);
    await cutOff(job, device);
    opened.resolve();
    expect((await late).kind).toBe("denial");
  }
});

describe.each(["passkey", "envelopes"] as const)("the %s", (way) => {
  test("that leaves is awaited by a kill switch of the whole fleet", async () => {
    const job = `leaving-${way}`;
    await world.delivered(job);
    const events: string[] = [];
    let revoking: Promise<unknown> | undefined;
    const operate = (action: "revoke" | "restoreAccess") =>
      done(
        world.call("POST", `/operator/v1/${action}`, {
          body: { scope: { kind: "fleet" }, ...(action === "revoke" ? { reason: "lost" } : {}) },
          claims: { roles: ["DataBox.Operator"] },
        }),
      );
    const revokeBeforeCommit = async (): Promise<void> => {
      revoking = operate("revoke").then(() => events.push("revoked"));
      await setTimeout(300);
      events.push("left");
    };
    const stores = world.replicas().map(({ store }) => store);
    const arm = () => wrapNextTransaction(stores, (execute) => execute(), revokeBeforeCommit);
    if (way === "passkey") atTheVault(async () => arm());
    else arm();
    const path = way === "passkey" ? "/listCredentials" : "/envelopes";
    await done(
      call(job, way === "passkey" ? "POST" : "GET", path, way === "passkey" ? {} : undefined),
    );
    await revoking;
    await operate("restoreAccess");
    expect(events).toEqual(["left", "revoked"]);
  });
});

test("an approval from before a revocation is void, whatever the replicas' clocks say", async () => {
  const device = await world.delivered("skewed");
  await writePolicy("skewed", 1);
  const asked = await device.prepareUnlock("unlock");
  expect((await device.sendUnlock(asked)).kind).toBe("pending");
  const { json } = await call("skewed", "GET", "/approvals");
  await done(call("skewed", "POST", `/approvals/${json.value[0].id}/approve`, { reason: "known" }));
  world.clock.nowMs -= 2000;
  const scope = { kind: "order", order: jobPath("skewed") };
  for (const action of ["revoke", "restoreAccess"])
    await done(
      world.call("POST", `/operator/v1/${action}`, {
        body: { scope, ...(action === "revoke" ? { reason: "lost" } : {}) },
        claims: { roles: ["DataBox.Operator"] },
      }),
    );
  world.clock.nowMs += 2000;
  expect(codeOf(await device.sendUnlock(asked))).toBe("ApprovalExpired");
});

// Evidence: An export past the approvals.
test("an export has the recovery keys' recipients alone, though vaults open the envelope, too", async () => {
  await world.delivered("exported");
  await addRecoveryKey("exported");
  const { json } = await call("exported", "GET", "/envelopes");
  const [{ recipients, jwe }] = json.value;
  expect(recipients).toMatchObject([{ of: "RecoveryKey", name: "mine" }]);
  expect(jwe.recipients).toMatchObject([{ header: { kid: recipients[0].kid } }]);
});

test("an export without recovery keys has no envelopes, and uses up no emergency access", async () => {
  await world.delivered("keyless");
  await writePolicy("keyless", 1, true);
  await done(call("keyless", "POST", "/breakGlass", { reason: "fire" }));
  expect((await call("keyless", "GET", "/envelopes")).json).toEqual({ value: [] });
  await done(call("keyless", "POST", "/listCredentials", {}));
});
