import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createFakeBroker, required } from "@databox-cmk/testkit";
import { decodeQR } from "qr/decode.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { AgentEvent } from "../src/core/agent-event.ts";
import { renderEvent } from "../src/core/render-event.ts";
import { openStateFolder } from "../src/state/state-folder.ts";
import { type AgentWorld, createPreparedWorld, seen } from "./agent-world.ts";

let world: AgentWorld;
beforeAll(async () => {
  world = await createPreparedWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
let boots = 100;
/** Each test in a boot of its own, in which nothing is open. */
beforeEach(async () => {
  boots += 1;
  world.boot(`boot-number-${String(boots)}`);
  world.broker.refusal = undefined;
  await world.lock();
});

const cut = async (node = world): Promise<() => Promise<void>> => {
  const { url } = node.broker;
  const port = url.split(":").at(-1) ?? "";
  const settings = required(openStateFolder(node.stateDir).readSettings());
  const { brokerUrl } = settings.connection;
  const to = (address: string) => {
    const connection = { ...settings.connection, brokerUrl: address };
    openStateFolder(node.stateDir).writeSettings({ ...settings, connection });
    return Promise.resolve();
  };
  await to(brokerUrl.replace(port, "1"));
  return () => to(brokerUrl);
};
const ask = async (options: { out?: string; qr?: boolean; fresh?: boolean } = {}) => {
  const { out, qr = false, fresh = false } = options;
  const event = await world.run({ command: "challenge", out, qr, fresh });
  if (!("carried" in event)) throw new Error(JSON.stringify(event));
  return { event, text: event.carried.text };
};
const answer = (text: string): Promise<AgentEvent> =>
  world.run({ command: "respond", file: undefined }, { readStandardInput: async () => text });
const at = (name: string) => join(world.stateDir, name);
const challengeFile = () => at("offline-challenge.json");
const leaseFile = () => at("offline-lease.json");
const journal = () =>
  readFileSync(at("journal.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line): { event: string; facts: Record<string, unknown> } => JSON.parse(line));

describe("a node without network", () => {
  // Evidence: Single use.
  test("is unlocked once by a carried answer", async () => {
    const restore = await cut();
    const { text } = await ask();
    expect(statSync(challengeFile()).mode & 0o777).toBe(0o600);
    const carried = await world.broker.answerChallenge(text);
    const opened = await answer(carried);
    expect(seen(opened)).toMatchObject({ exit: 0, outcome: "unlocked" });
    expect(existsSync(challengeFile())).toBe(false);
    expect(
      journal()
        .slice(-2)
        .map(({ event }) => event),
    ).toEqual(["challenge-made", "unlocked"]);
    await world.lock();
    expect(seen(await answer(carried))).toMatchObject({
      exit: 5,
      code: "OfflineChallengeMissing",
      reason: "none",
    });
    await restore();
  });

  test("shows an open challenge again, and a new one on request", async () => {
    const { text: first } = await ask();
    expect((await ask()).text).toBe(first);
    const { text: second } = await ask({ fresh: true });
    expect(second).not.toBe(first);
    const late = await answer(await world.broker.answerChallenge(first));
    expect(seen(late)).toMatchObject({ exit: 5, code: "GrantRejected" });
    expect(seen(await answer(await world.broker.answerChallenge(second)))).toMatchObject({
      exit: 0,
    });
  });

  test("takes an answer that a scanner broke into lines", async () => {
    const { text } = await ask();
    const carried = await world.broker.answerChallenge(text);
    const broken = `\n ${carried.slice(0, 76)}\r\n${carried.slice(76)} \n\n`;
    expect(seen(await answer(broken))).toMatchObject({ exit: 0 });
  });

  test("takes an answer from a file", async () => {
    const { text } = await ask();
    const file = join(world.folder, "answer.jws");
    writeFileSync(file, `${await world.broker.answerChallenge(text)}\n`);
    expect(seen(await world.run({ command: "respond", file }))).toMatchObject({ exit: 0 });
    const missing = await world.run({ command: "respond", file: `${file}.gone` });
    expect(seen(missing)).toMatchObject({ exit: 2, code: "Misuse" });
  });

  test.each([
    ["nothing", ""],
    ["rubbish", "hello"],
    ["its own challenge", "challenge"],
    ["an answer for another node", "foreign"],
    ["an answer that was changed", "changed"],
    ["an answer by another broker", "forged"],
  ])("rejects %s, keeps its challenge and writes it down", async (_, kind) => {
    const { text } = await ask();
    const good = await world.broker.answerChallenge(text);
    await using stranger = await createFakeBroker({ order: world.broker.order });
    await stranger.addNode("DBX-TEST-1");
    const strangersNode = stranger.nodes.get("DBX-TEST-1");
    const ownNode = world.broker.nodes.get("DBX-TEST-1");
    if (strangersNode !== undefined && ownNode?.deviceKey !== undefined)
      strangersNode.deviceKey = ownNode.deviceKey;
    await using other = await createPreparedWorld();
    const otherChallenge = await other.run({
      command: "challenge",
      out: undefined,
      qr: false,
      fresh: false,
    });
    const otherText = "carried" in otherChallenge ? otherChallenge.carried.text : "";
    const given: Record<string, string> = {
      "": "",
      hello: "hello",
      challenge: text,
      foreign: await other.broker.answerChallenge(otherText),
      changed: `${good.slice(0, -8)}${good.slice(-8) === "AAAAAAAA" ? "BBBBBBBB" : "AAAAAAAA"}`,
      forged: await stranger.answerChallenge(text),
    };
    const rejected = await answer(given[kind] ?? "");
    expect(seen(rejected)).toMatchObject({ exit: 5, code: "GrantRejected" });
    expect(journal().at(-1)).toMatchObject({ event: "answer-rejected" });
    expect(seen(await answer(good))).toMatchObject({ exit: 0, outcome: "unlocked" });
  });

  test("shows a signed refusal with code, who and steps, and needs a new challenge then", async () => {
    world.broker.refusal = { code: "SsemUserErrorEncryptionKeyDisabled" };
    const { text } = await ask();
    const refused = await answer(await world.broker.answerChallenge(text));
    expect(seen(refused)).toMatchObject({
      exit: 3,
      outcome: "refused",
      code: "SsemUserErrorEncryptionKeyDisabled",
    });
    expect(renderEvent(refused)).toContain("Who must act: the customer's security administrator");
    expect(existsSync(challengeFile())).toBe(false);
  });

  test("keeps its challenge through an outage that was carried back", async () => {
    world.broker.refusal = { code: "KeyVaultUnreachable" };
    const { text } = await ask();
    const outage = await answer(await world.broker.answerChallenge(text));
    expect(seen(outage)).toMatchObject({ exit: 4, outcome: "unreachable" });
    world.broker.refusal = undefined;
    expect(seen(await answer(await world.broker.answerChallenge(text)))).toMatchObject({ exit: 0 });
  });

  test("closes an open volume by a refusal that was carried back", async () => {
    expect(seen(await world.unlock())).toMatchObject({ exit: 0 });
    const { text } = await ask();
    world.broker.refusal = { code: "UnlockRevoked" };
    const refused = await answer(await world.broker.answerChallenge(text));
    expect(refused).toMatchObject({ outcome: "refused", relocked: true });
    expect(seen(await world.status())).toMatchObject({ outcome: "locked" });
  });

  test("opens by the envelope it holds, though the broker has a newer one", async () => {
    const { text } = await ask();
    await world.broker.rewrap("DBX-TEST-1");
    expect(seen(await answer(await world.broker.answerChallenge(text)))).toMatchObject({ exit: 0 });
  });
});

describe("a challenge", () => {
  // Evidence: Single use.
  test("ends with its boot", async () => {
    const { text } = await ask();
    world.boot("boot-after-the-challenge");
    const late = await answer(await world.broker.answerChallenge(text));
    expect(seen(late)).toMatchObject({ exit: 5, code: "OfflineChallengeMissing", reason: "boot" });
    expect(existsSync(challengeFile())).toBe(false);
  });

  // Evidence: Single use.
  test("ends with its time", async () => {
    const { text } = await ask();
    const held = JSON.parse(readFileSync(challengeFile(), "utf8"));
    writeFileSync(challengeFile(), JSON.stringify({ ...held, madeAtMs: 0, opensForSeconds: 60 }));
    const late = await answer(await world.broker.answerChallenge(text));
    expect(seen(late)).toMatchObject({ code: "OfflineChallengeMissing", reason: "expired" });
  });

  // Evidence: Challenges.
  test("fits one QR code, as a picture and in a terminal, and reads back the same", async () => {
    const out = join(mkdtempSync(join(world.folder, "qr-")), "challenge.svg");
    const { event, text } = await ask({ out, qr: true });
    expect(decodeSvg(readFileSync(out, "utf8"))).toBe(text);
    expect(decodeTerminal(event.carried?.qr ?? "")).toBe(text);
    expect(renderEvent(event)).toContain(text);
    const carried = await world.broker.answerChallenge(text);
    const { writeCarried } = await import("../src/offline/challenge.ts");
    expect(decodeSvg(readFileSync(writeCarried(out, carried), "utf8"))).toBe(carried);
    await answer(carried);
  });

  // Evidence: Challenges.
  test("is written as text by any other name", async () => {
    const out = join(world.folder, "challenge.jws");
    const { text } = await ask({ out });
    expect(readFileSync(out, "utf8")).toBe(`${text}\n`);
    const nowhere = await world.run({
      command: "challenge",
      out: "/nowhere/challenge.jws",
      qr: false,
      fresh: false,
    });
    expect(seen(nowhere)).toMatchObject({ exit: 2, code: "Misuse" });
  });
});

const open = async (lease: Parameters<AgentWorld["broker"]["answerChallenge"]>[1]) => {
  const { text } = await ask();
  return answer(await world.broker.answerChallenge(text, lease));
};

describe("a lease that a person carried", () => {
  // Evidence: Leases by duration or boots.
  test("by duration ends with a reboot, and leaves nothing behind", async () => {
    await open({ kind: "duration", seconds: 3600 });
    const { lock } = openStateFolder(world.stateDir).readState() ?? { lock: undefined };
    expect(lock).toMatchObject({ lease: { offline: { kind: "duration" } } });
    expect(existsSync(leaseFile())).toBe(false);
    const restore = await cut();
    world.boot("boot-after-duration");
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, code: "BrokerUnreachable" });
    await restore();
  });

  // Evidence: Leases by duration or boots.
  test("by boots opens the volume the granted number of times without an answer, and never again", async () => {
    await open({ kind: "boots", boots: 3 });
    expect(statSync(leaseFile()).mode & 0o777).toBe(0o600);
    const restore = await cut();
    for (const boot of ["two", "three"]) {
      world.boot(`boot-counted-${boot}`);
      expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
      await world.lock();
      // Within a boot that was counted it may be closed and opened.
      expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
    }
    world.boot("boot-counted-four");
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, code: "BrokerUnreachable" });
    expect(existsSync(leaseFile())).toBe(false);
    await restore();
  });

  test.each([
    ["a signed refusal", async () => (world.broker.refusal = { code: "UnlockRevoked" })],
    ["a grant by network", async () => undefined],
  ])("by boots ends with %s", async (_, prepare) => {
    await open({ kind: "boots", boots: 3 });
    await prepare();
    await world.unlock();
    expect(existsSync(leaseFile())).toBe(false);
    world.broker.refusal = undefined;
  });

  test("by boots ends when the appliance is prepared to ship, and so does an open challenge", async () => {
    await open({ kind: "boots", boots: 3 });
    await ask();
    expect(await world.run({ command: "lock", prepareToShip: true })).toMatchObject({
      outcome: "locked",
    });
    expect(existsSync(leaseFile())).toBe(false);
    expect(existsSync(challengeFile())).toBe(false);
    const restore = await cut();
    world.boot("boot-on-its-way");
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, code: "BrokerUnreachable" });
    await restore();
  });

  test("by boots does not open with another node's answer, and is destroyed", async () => {
    await open({ kind: "boots", boots: 3 });
    const kept = JSON.parse(readFileSync(leaseFile(), "utf8"));
    const { text } = await ask();
    const foreign = await world.broker.answerChallenge(text);
    writeFileSync(leaseFile(), JSON.stringify({ ...kept, answer: foreign }));
    const restore = await cut();
    world.boot("boot-with-a-swapped-answer");
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, code: "BrokerUnreachable" });
    expect(existsSync(leaseFile())).toBe(false);
    await restore();
  });
});

test("a receipt of an offline unlock waits in the state", async () => {
  const { text } = await ask();
  await answer(await world.broker.answerChallenge(text));
  const state = openStateFolder(world.stateDir).readState();
  expect(state?.receipts?.at(-1)).toMatchObject({ about: "grant", outcome: "unlocked" });
  expect(await world.status()).toMatchObject({
    details: { undeliveredReceipts: expect.any(Number) },
  });
});

/** One pixel per module, four times as large: as a camera sees a screen, without its faults. */
function decode(rows: readonly (readonly boolean[])[]): string {
  const scale = 4;
  const width = (rows[0]?.length ?? 0) * scale;
  const height = rows.length * scale;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const isDark = rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true;
      data.fill(isDark ? 0 : 255, (y * width + x) * 4, (y * width + x) * 4 + 3);
      data[(y * width + x) * 4 + 3] = 255;
    }
  return decodeQR({ width, height, data });
}

function decodeTerminal(text: string): string {
  const rows: boolean[][] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    rows.push(Array.from(line, (half) => half !== "█" && half !== "▀"));
    rows.push(Array.from(line, (half) => half !== "█" && half !== "▄"));
  }
  return decode(rows);
}

/** The picture is one path of unit squares: `M2 2h1v1H2Zm1 0h1…`. */
function decodeSvg(svg: string): string {
  const size = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  const path = / d="([^"]+)"/.exec(svg)?.[1] ?? "";
  let [x, y] = [0, 0];
  for (const [, kind, dx, dy] of path.matchAll(/([Mm])(-?\d+)[ ,]?(-?\d+)/g)) {
    [x, y] = kind === "M" ? [Number(dx), Number(dy)] : [x + Number(dx), y + Number(dy)];
    const row = rows[y];
    if (row !== undefined) row[x] = true;
  }
  return decode(rows);
}
