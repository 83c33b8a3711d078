import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

import { localError, localState, type RenewedLease } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { openJournal } from "../../src/journal/open-journal.ts";
import { openStateFolder } from "../../src/state/state-folder.ts";
import { seen, SERIAL } from "../agent-world.ts";
import { createUiWorld, PASSKEY, type UiWorld } from "./ui-world.ts";

const ROWS_MAX = 1000;

const ended = (state: { operation?: { outcome: string } }) =>
  state.operation !== undefined && state.operation.outcome !== "running";

/** The broker answers a watch of the lease like this. */
const answerOf = ({ world }: UiWorld, siblings: unknown): RenewedLease => ({
  requestHash: "A".repeat(43),
  order: world.broker.order,
  serial: SERIAL,
  lease: { id: randomUUID(), ttlSeconds: 60, outageGraceSeconds: 60, sequence: 0 },
  extensions: { siblings },
});

test("one host that takes every connection keeps no other from the page, and silence ends", async () => {
  await using site = await createUiWorld();
  const attacker = { host: "127.0.0.1", port: site.ui.port, localAddress: "127.0.0.2" };
  const closed: number[] = [];
  for (let index = 0; index < 70; index += 1)
    connect(attacker)
      .on("error", () => undefined)
      .once("close", () => closed.push(index));
  const above = Array.from({ length: 70 - 32 }, (_, index) => 32 + index);
  await expect.poll(() => closed.length).toBeGreaterThanOrEqual(above.length);
  expect((await site.client.get("/api/state")).status).toBe(200);
  await expect.poll(() => closed.length, { interval: 500 }).toBe(70);
  // However late this process looks: those above the limit were closed before the silent ones.
  expect(new Set(closed.slice(0, above.length))).toEqual(new Set(above));
});

describe("before anybody has signed in", () => {
  test("the node's name and lock state are shown, and nothing else about it", async () => {
    await using site = await createUiWorld();
    const { status, json } = await site.client.get("/api/state");
    expect(status).toBe(200);
    expect(localState.parse(json)).toMatchObject({
      node: { serial: SERIAL, model: "Data Box", custody: "escrow" },
      lock: { kind: "locked" },
      passkeyTries: { left: 5, waitSeconds: 0 },
      session: { signedIn: false },
    });
    expect(json.node).not.toHaveProperty("order");
    expect(JSON.stringify(json)).not.toContain(site.world.broker.url);
  });

  test("the other node of the order is shown as the broker described it, and nonsense is ignored", async () => {
    await using site = await createUiWorld();
    const meet = async (siblings: unknown) => {
      site.ui.meet(answerOf(site, siblings));
      return localState.parse((await site.client.get("/api/state")).json).siblings;
    };
    expect(await meet("nonsense")).toBeUndefined();
    const other = { serial: "DBH-1-B", lock: "erased" };
    expect(await meet([other])).toEqual([other]);
    expect(await meet([{ ...other, key: "more than a node may know" }])).toEqual([other]);
    const [described] = (await meet([{ ...other, lastSeenSeconds: 90 }])) ?? [];
    expect(described?.lastSeenSeconds).toBeGreaterThanOrEqual(90);

    const sent: unknown[] = [];
    const told = site.client.event(({ siblings: shown }) => {
      sent.push(shown[0].lock);
      return shown[0].lock === "unlocked";
    });
    await expect.poll(() => sent.length).toBe(1);
    await meet([{ ...other, lastSeenSeconds: 5 }]);
    await meet([{ ...other, lock: "unlocked", lastSeenSeconds: 6 }]);
    await told;
    expect(sent).toEqual(["erased", "unlocked"]);
  });

  test("the other node is shown only while this node holds a lease", async () => {
    await using site = await createUiWorld();
    expect(seen(await site.world.unlock())).toMatchObject({ outcome: "unlocked" });
    const shown = async () => {
      const state = openStateFolder(site.world.stateDir).readState();
      if (state === undefined) throw new Error("no state");
      site.ui.look(state);
      return localState.parse((await site.client.get("/api/state")).json).siblings;
    };
    site.ui.meet(answerOf(site, [{ serial: "DBH-1-B", lock: "unlocked" }]));
    expect(await shown()).toHaveLength(1);
    await site.world.lock();
    expect(await shown()).toBeUndefined();
  });

  test("of a broker with several addresses, a signed-in person sees which one answers", async () => {
    await using site = await createUiWorld();
    const brokers = ["https://broker.localhost:1", site.world.broker.url];
    await site.world.run({ command: "prepare", reconnect: { caFile: undefined, brokers } });
    await site.restart();
    const shown = async () => localState.parse((await site.client.get("/api/state")).json).node;
    expect(await shown()).not.toHaveProperty("addresses");
    await site.client.signIn(PASSKEY);
    expect((await shown()).addresses).toMatchObject([
      { address: "broker.localhost:1", standing: "untried" },
      { standing: "untried" },
    ]);
    await site.world.unlock();
    const since = expect.stringMatching(/^20/);
    expect((await shown()).addresses).toEqual([
      { address: "broker.localhost:1", standing: "left", since },
      { address: new URL(site.world.broker.url).host, standing: "answers", since },
    ]);
  });

  test("a node in split custody says so, and no passkey opens it or signs in", async () => {
    await using site = await createUiWorld({ custody: "split" });
    const { json } = await site.client.get("/api/state");
    expect(localState.parse(json).node.custody).toBe("split");
    const signIn = await site.client.post("/api/session", { passkey: PASSKEY });
    expect(localError.parse(signIn.json).error.code).toBe("PasskeyNotInEscrow");
    const watching = site.client.event(ended);
    await site.client.post("/api/unlock/passkey", { passkey: PASSKEY });
    expect(localState.parse(await watching)).toMatchObject({
      lock: { kind: "locked" },
      lastFailure: { failure: { code: "PasskeyNotInEscrow" } },
      passkeyTries: { left: 5 },
    });
  });

  test("every route that is not declared public needs a session", async () => {
    await using site = await createUiWorld();
    const open = site.ui.routes.filter(({ authentication }) => authentication === "public");
    // A new public row must be added here by hand.
    expect(open.map(({ path }) => path)).toEqual([
      "/api/state",
      "/api/session",
      "/api/unlock",
      "/api/unlock/passkey",
      "/api/challenge",
      "/api/answer",
    ]);
    const others = site.ui.routes.filter(({ authentication }) => authentication === "session");
    expect(others.length).toBeGreaterThan(7);
    for (const { method, path } of others) {
      const answer = await site.client.call(method, path, method === "GET" ? {} : { body: {} });
      expect({ path, status: answer.status }).toEqual({ path, status: 401 });
      expect(localError.parse(answer.json).error.code).toBe("LocalSignInRequired");
    }
  });

  test("the volume is unlocked by the network, step by step", async () => {
    await using site = await createUiWorld();
    const watching = site.client.event(ended);
    const answer = await site.client.post("/api/unlock");
    expect(answer).toMatchObject({ status: 202, json: { operation: expect.any(String) } });
    const state = localState.parse(await watching);
    expect(state).toMatchObject({
      lock: { kind: "unlocked", by: "network", graceLeftSeconds: expect.any(Number) },
      operation: { what: "unlock", outcome: "done", id: answer.json.operation },
    });
    const names = state.operation?.steps.map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(["challenge", "answer", "accepted"]));
    expect(site.reported).toContainEqual(expect.objectContaining({ event: "unlock" }));
  });

  test("a refusal is explained as everywhere, and stays until something succeeds", async () => {
    await using site = await createUiWorld();
    site.world.broker.refusal = { code: "SsemUserErrorEncryptionKeyDisabled" };
    const watching = site.client.event(ended);
    await site.client.post("/api/unlock");
    const { operation, lastFailure } = localState.parse(await watching);
    expect(operation).toMatchObject({ outcome: "failed" });
    expect(lastFailure?.failure).toMatchObject({
      code: "SsemUserErrorEncryptionKeyDisabled",
      class: "refused",
      who: "security-administrator",
    });
    expect(lastFailure?.failure.steps.length).toBeGreaterThan(0);
    site.world.broker.refusal = undefined;
    const again = site.client.event((state) => state.lock.kind === "unlocked" && ended(state));
    await site.client.post("/api/unlock");
    expect(await again).not.toHaveProperty("lastFailure");
  });

  test("without any network the passkey opens the volume", async () => {
    await using site = await createUiWorld();
    await site.world.broker[Symbol.asyncDispose]();
    const failing = site.client.event((state) => state.lastFailure !== undefined && ended(state));
    await site.client.post("/api/unlock");
    expect(await failing).toMatchObject({
      lastFailure: { failure: { code: "BrokerUnreachable", class: "unreachable" } },
    });
    const opening = site.client.event((state) => state.lock.kind === "unlocked" && ended(state));
    expect((await site.client.post("/api/unlock/passkey", { passkey: PASSKEY })).status).toBe(202);
    expect(await opening).toMatchObject({ lock: { by: "passkey" } });
  });
});

describe("an answer that a person carried", () => {
  test("opens the volume, step by step, for its challenge", async () => {
    await using site = await createUiWorld();
    const { json } = await site.client.post("/api/challenge");
    const carried = await site.world.broker.answerChallenge(json.challenge);
    const opening = site.client.event((state) => state.operation !== undefined && ended(state));
    const broken = `${carried.slice(0, 76)}\r\n${carried.slice(76)}\n`;
    expect((await site.client.post("/api/answer", { answer: broken })).status).toBe(202);
    expect(localState.parse(await opening)).toMatchObject({
      operation: { what: "answer", outcome: "done" },
      lock: { kind: "unlocked", by: "carried-answer", graceLeftSeconds: expect.any(Number) },
    });
  });

  test("is still awaited when another person asks: only a signed-in person may start a new one", async () => {
    await using site = await createUiWorld();
    const first = (await site.client.post("/api/challenge")).json.challenge;
    const stranger = site.stranger();
    expect((await stranger.post("/api/challenge")).json.challenge).toBe(first);
    expect((await stranger.post("/api/challenge", { fresh: true })).status).toBe(401);
    await site.client.signIn(PASSKEY);
    const second = (await site.client.post("/api/challenge", { fresh: true })).json.challenge;
    expect(second).not.toBe(first);
  });

  test("of another challenge is explained", async () => {
    await using site = await createUiWorld();
    const failing = site.client.event((state) => state.operation !== undefined && ended(state));
    await site.client.post("/api/answer", { answer: "a.b.c" });
    expect(await failing).toMatchObject({
      operation: { outcome: "failed", failure: { code: "OfflineChallengeMissing" } },
    });
  });
});

describe("signing in", () => {
  test("is proving the passkey; the session sees more, and ends by signing out", async () => {
    await using site = await createUiWorld();
    const { client } = site;
    const answer = await client.signIn(PASSKEY);
    expect(answer.status).toBe(200);
    expect(answer.headers["set-cookie"]?.[0]).toMatch(
      /^__Host-databox-dbx-test-1=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    );
    const { json } = await client.get("/api/state");
    expect(localState.parse(json)).toMatchObject({
      node: { order: site.world.broker.order, broker: site.world.broker.url, volume: "file" },
      session: { signedIn: true, csrfToken: client.csrfToken },
      lock: { kind: "locked" },
    });
    expect((await client.call("DELETE", "/api/session", { body: {} })).status).toBe(200);
    expect((await client.get("/api/journal")).status).toBe(401);
  });

  test("ends what an open page is shown, when it ends", async () => {
    await using site = await createUiWorld();
    const { client } = site;
    await client.signIn(PASSKEY);
    let orders: unknown[] = [];
    const watching = client.event((state) => {
      orders = [...orders, state.node.order];
      return state.lock.kind === "unlocked" && ended(state);
    });
    await expect.poll(() => orders).toEqual([site.world.broker.order]);
    await client.call("DELETE", "/api/session", { body: {} });
    await site.stranger().post("/api/unlock");
    expect(await watching).toMatchObject({ session: { signedIn: false } });
    expect(orders.at(-1)).toBeUndefined();
  });

  test("may unlock at once, as a Data Box does", async () => {
    await using site = await createUiWorld();
    expect((await site.client.signIn(PASSKEY, true)).status).toBe(200);
    expect((await site.client.get("/api/state")).json).toMatchObject({
      lock: { kind: "unlocked", by: "passkey" },
      session: { signedIn: true },
    });
  });

  // Evidence: Wrong passkeys.
  test("shares its five tries with the command line, across restarts of the agent", async () => {
    await using site = await createUiWorld();
    const wrong = new TextEncoder().encode("Wrong");
    await site.world.run({ command: "passkey" }, { readSecret: async () => wrong.slice() });
    for (let left = 3; left >= 0; left -= 1) {
      const answer = await site.client.signIn(`Wrong-${String(left)}`);
      expect(answer).toMatchObject({ status: 403, json: { error: { code: "PasskeyRejected" } } });
      expect((await site.client.get("/api/state")).json.passkeyTries.left).toBe(left);
    }
    await site.restart();
    const refused = await site.client.signIn(PASSKEY);
    expect(refused).toMatchObject({
      status: 429,
      json: { error: { code: "PasskeyTriesExhausted" } },
    });
    // Of 15 minutes; a busy machine takes some time for the steps between.
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(600);
    expect((await site.client.get("/api/state")).json.passkeyTries.waitSeconds).toBeGreaterThan(
      600,
    );
  });

  test("leaves no passkey in any file or answer", async () => {
    await using site = await createUiWorld();
    await site.client.signIn(PASSKEY, true);
    const journal = readFileSync(join(site.world.stateDir, "journal.jsonl"), "utf8");
    expect(journal).toContain("unlocked");
    expect(journal + JSON.stringify(site.reported)).not.toContain(PASSKEY);
    expect((await site.client.get("/api/journal")).text).not.toContain(PASSKEY);
  });
});

describe("a signed-in person", () => {
  test("locks, and prepares to ship", async () => {
    await using site = await createUiWorld();
    await site.client.signIn(PASSKEY, true);
    const locking = site.client.event((state) => state.operation.what === "lock" && ended(state));
    await site.client.post("/api/lock");
    expect(await locking).toMatchObject({ lock: { kind: "locked" } });
    const shipping = site.client.event(
      (state) => state.operation.what === "prepareToShip" && ended(state),
    );
    await site.client.post("/api/prepare-to-ship");
    expect(await shipping).toMatchObject({ lock: { kind: "locked", preparedToShip: true } });
    const { json } = await site.client.get("/api/journal?last=2");
    expect(json.rows.map((row: { event: string }) => row.event)).toEqual([
      "locked",
      "prepared-to-ship",
    ]);
    await site.world.unlock();
    await site.world.lock();
    expect((await site.client.get("/api/state")).json.lock).not.toHaveProperty("preparedToShip");
  });

  test("sees the newest rows of the journal, and never more than are allowed", async () => {
    await using site = await createUiWorld();
    const context = { bootId: "boot-number-1", nowIso: () => "2026-01-01T00:00:00.000Z" };
    const journal = openJournal(join(site.world.stateDir, "journal.jsonl"), context);
    for (let row = 0; row <= ROWS_MAX; row += 1) journal.append("signed-in");
    await site.client.signIn(PASSKEY);
    const shown: Record<string, number> = {};
    for (const last of ["2", "1001", "0", "-1", "0.5", "rows"])
      shown[last] = (await site.client.get(`/api/journal?last=${last}`)).json.rows.length;
    const byDefault = { "0": 100, "-1": 100, "0.5": 100, rows: 100 };
    expect(shown).toEqual({ "2": 2, "1001": ROWS_MAX, ...byDefault });
  });

  test("tests the network", async () => {
    await using site = await createUiWorld();
    await site.client.signIn(PASSKEY);
    const { status, json } = await site.client.post("/api/network-test");
    expect(status).toBe(200);
    expect(json.checks).toContainEqual(
      expect.objectContaining({ name: "connection", status: "passed" }),
    );
  });

  test("shuts the appliance down where a command was configured, and the volume is locked first", async () => {
    await using plain = await createUiWorld();
    await plain.client.signIn(PASSKEY);
    expect(await plain.client.post("/api/shut-down")).toMatchObject({
      status: 409,
      json: { error: { code: "ShutDownUnavailable" } },
    });
    const program = join(plain.world.folder, "off.sh");
    const mark = join(plain.world.folder, "is-off");
    writeFileSync(program, `#!/bin/sh\nenv > ${mark}.new; mv ${mark}.new ${mark}\n`, {
      mode: 0o700,
    });
    await using site = await createUiWorld({ shutDownCommand: program });
    await site.client.signIn(PASSKEY, true);
    expect((await site.client.post("/api/shut-down")).status).toBe(202);
    expect(await site.world.status()).toMatchObject({ outcome: "locked" });
    await expect.poll(() => existsSync(mark)).toBe(true);
  });
});

describe("other sites in the same browser", () => {
  test.each([
    ["a name that is not the appliance's", { host: "evil.example" }],
    ["a name that was pointed here", { host: `rebound.example:443` }],
    ["no host worth the name", { host: "127.0.0.1@evil" }],
    ["another site, as the browser says", { "sec-fetch-site": "cross-site" }],
    ["a sibling site", { "sec-fetch-site": "same-site" }],
    ["another origin", { origin: "https://evil.example" }],
    ["no origin that a browser would show", { origin: "null" }],
  ])("%s is refused", async (_name, headers) => {
    await using site = await createUiWorld();
    const answer = await site.client.call("POST", "/api/unlock", { body: {}, headers });
    expect(answer).toMatchObject({
      status: 403,
      json: { error: { code: "LocalRequestForbidden" } },
    });
    expect(site.world.broker.unlockRequests).toHaveLength(1); // of the preparation
  });

  test("the appliance's own names and numbers are served", async () => {
    await using site = await createUiWorld();
    const port = String(site.ui.port);
    for (const host of [
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
      `localhost:${port}`,
      `${SERIAL.toLowerCase()}.databox.local`,
    ])
      expect((await site.client.get("/api/state", { host })).status).toBe(200);
  });

  // Evidence: Another page in the same browser.
  test("a change without the session's token is refused, and so is one with a form's media type", async () => {
    await using site = await createUiWorld();
    const { client } = site;
    await client.signIn(PASSKEY);
    for (const token of ["", "x".repeat(43)]) {
      client.csrfToken = token;
      expect(await client.post("/api/lock")).toMatchObject({
        status: 403,
        json: { error: { code: "LocalRequestForbidden", reason: "token" } },
      });
    }
    const form = { "content-type": "text/plain" };
    expect(
      await site.stranger().call("POST", "/api/unlock", { raw: "{}", headers: form }),
    ).toMatchObject({ status: 400, json: { error: { reason: "type" } } });
  });
});

test.each([
  ["an unknown address", "GET", "/api/nothing", undefined, 400, "route"],
  ["a wrong method", "PUT", "/api/state", "{}", 400, "route"],
  ["another host in its target", "GET", "https://evil.example/api/state", undefined, 400, "route"],
  ["no JSON", "POST", "/api/unlock", "{", 400, "body"],
  ["an unknown member", "POST", "/api/unlock", '{"force":true}', 400, "body"],
  ["a missing member", "POST", "/api/session", "{}", 400, "body"],
  ["a member of another type", "POST", "/api/session", '{"passkey":["a"]}', 400, "body"],
  ["too much", "POST", "/api/session", `{"passkey":"${"x".repeat(5000)}"}`, 400, "size"],
] as const)(
  "%s is reported without the value",
  async (_name, method, path, raw, status, reason) => {
    await using site = await createUiWorld();
    const answer = await site.client.call(method, path, raw === undefined ? {} : { raw });
    expect(answer).toMatchObject({
      status,
      json: { error: { code: "LocalRequestMalformed", reason } },
    });
    expect(answer.text).not.toContain("xxxx");
  },
);

test("costly requests are answered a few times a minute", async () => {
  await using site = await createUiWorld();
  await site.world.broker[Symbol.asyncDispose]();
  const ask = async () => (await site.client.post("/api/unlock/passkey", { passkey: "" })).status;
  const statuses: number[] = [];
  while (statuses.length < 10) statuses.push(await ask());
  expect(statuses).toEqual(Array.from({ length: 10 }, () => 400));
  // A slow machine is given one more now and then, as time passes.
  await expect.poll(ask).toBe(429);
  expect((await site.client.post("/api/unlock")).json.error.code).toBe("LocalRequestTooMany");
});

describe("the page", () => {
  test("is served with a strict policy and a nonce of its own, and its files by their exact names", async () => {
    await using site = await createUiWorld();
    const [first, second] = [await site.client.get("/"), await site.client.get("/unlock")];
    const nonce = /nonce="([\w-]+)"/.exec(first.text)?.[1] ?? "";
    const policy = String(first.headers["content-security-policy"]);
    expect(policy).toContain(`'nonce-${nonce}'`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(second.text).not.toContain(nonce);
    const script = await site.client.get("/assets/app-12345678.js");
    expect(script.headers["content-type"]).toMatch("text/javascript");
    expect(script.headers["cache-control"]).toMatch("immutable");
    for (const path of ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"])
      expect((await site.client.get(path)).text).not.toContain("secret");
  });
});

test("private files are private: certificate and state", async () => {
  await using site = await createUiWorld();
  const mode = statSync(join(site.world.stateDir, "ui-certificate.pem")).mode & 0o777;
  expect(mode).toBe(0o600);
  const before = await site.client.fingerprint();
  await site.restart();
  expect(await site.client.fingerprint()).toBe(before);
});
