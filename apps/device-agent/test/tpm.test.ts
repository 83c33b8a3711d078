import { mkdirSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

import { DEVICE_ROUTES } from "@databox-cmk/protocol";
import { required } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { DEFAULT_PCRS } from "../src/core/tpm-key.ts";
import { openStateFolder } from "../src/state/state-folder.ts";
import { type AgentWorld, createAgentWorld, createPreparedWorld, seen } from "./agent-world.ts";
import { HAS_TPM, measureSomethingElse, type SoftwareTpm, startSwtpm } from "./start-swtpm.ts";

const unlocked = { exit: 0, outcome: "unlocked" };
/** TPM2_PT_MAX_AUTH_FAIL of a new swtpm: with so many it locks itself. */
const WRONG_GUESSES = 3;

async function prepareWith({ tcti }: SoftwareTpm, pcrs: string | undefined): Promise<AgentWorld> {
  const world = await createAgentWorld();
  const event = await world.prepare({ deviceKey: { kind: "tpm", tcti, pcrs } });
  expect(event).toMatchObject({ outcome: "prepared" });
  return world;
}

function payloadOf(jws: string): unknown {
  return JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8"));
}

describe.skipIf(!HAS_TPM)("a device key in the TPM", () => {
  let tpm: SoftwareTpm;
  beforeAll(async () => {
    tpm = await startSwtpm();
  });
  afterAll(() => tpm[Symbol.asyncDispose]());

  test("unlocks, and is nowhere on the disk", async () => {
    await using world = await prepareWith(tpm, undefined);
    expect(seen(await world.unlock())).toMatchObject(unlocked);
    const files = readdirSync(world.stateDir, { recursive: true, encoding: "utf8" });
    expect(files).not.toContain("device-key.pem");
    const contents = files
      .map((name) => join(world.stateDir, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, "latin1"));
    expect(contents.join("\n")).not.toContain("PRIVATE KEY");
    expect(await world.status()).toMatchObject({ details: { deviceKey: "in the TPM" } });
  });

  test("tells the broker its grade", async () => {
    await using world = await createAgentWorld();
    const sent: unknown[] = [];
    world.broker.intercept = ({ path, request, answer }) => {
      if (path === DEVICE_ROUTES.enrolments) sent.push(payloadOf(request));
      return answer;
    };
    await world.prepare({ deviceKey: { kind: "tpm", tcti: tpm.tcti, pcrs: DEFAULT_PCRS } });
    expect(sent).toMatchObject([{ deviceKeyGrade: "tpm-measured-boot" }]);
    expect(await world.status()).toMatchObject({
      details: { deviceKey: "in the TPM, bound to measured boot" },
    });
  });

  test("signs many messages, without a manager for the three slots of this TPM", async () => {
    await using world = await prepareWith(tpm, DEFAULT_PCRS);
    for (let turn = 0; turn < 3; turn += 1)
      expect(seen(await world.unlock())).toMatchObject(unlocked);
  });

  test("signs after more power cuts than the TPM takes wrong guesses", async () => {
    await using own = await startSwtpm();
    await using world = await prepareWith(own, undefined);
    for (let cut = 0; cut <= WRONG_GUESSES; cut += 1) {
      expect(seen(await world.unlock())).toMatchObject(unlocked);
      await own.cutPower();
    }
    expect(seen(await world.unlock())).toMatchObject(unlocked);
  });

  test.each(["sha256:24", "sha256:7,30"])(
    "is not made for registers that the TPM does not have: %s",
    async (pcrs) => {
      await using world = await createAgentWorld();
      const refused = await world.prepare({ deviceKey: { kind: "tpm", tcti: tpm.tcti, pcrs } });
      expect(refused).toMatchObject({ code: "Misuse" });
      expect(readdirSync(world.stateDir)).not.toContain("device-key.tpm.json");
    },
  );

  test("does not sign in another TPM", async () => {
    await using world = await prepareWith(tpm, undefined);
    await using other = await startSwtpm();
    const folder = openStateFolder(world.stateDir);
    const stolen = required(folder.readTpmKey());
    folder.writeTpmKey({ ...stolen, tcti: other.tcti });
    expect(seen(await world.unlock())).toMatchObject({
      exit: 5,
      code: "DeviceKeyUnavailable",
      reason: "other-tpm",
    });
  });

  test("says so when the TPM does not answer", async () => {
    await using world = await prepareWith(tpm, undefined);
    const folder = openStateFolder(world.stateDir);
    const key = required(folder.readTpmKey());
    folder.writeTpmKey({ ...key, tcti: "swtpm:path=/nowhere" });
    expect(seen(await world.unlock())).toMatchObject({ exit: 5, code: "DeviceKeyUnavailable" });
  });

  test("does not sign after another boot was measured, and doctor says whose turn it is", async () => {
    await using own = await startSwtpm();
    await using world = await prepareWith(own, "sha256:7");
    measureSomethingElse(own, 8);
    expect(seen(await world.unlock())).toMatchObject(unlocked);
    await world.lock();
    measureSomethingElse(own, 7);
    const refused = await world.unlock();
    expect(seen(refused)).toMatchObject({ exit: 5, code: "BootStateChanged" });
    expect(refused).toMatchObject({ who: "order-owner" });
    expect(await world.run({ command: "doctor" })).toMatchObject({ code: "BootStateChanged" });
    expect(await world.status()).toMatchObject({ outcome: "locked" });
  });
});

test("auto uses a file without a TPM", async () => {
  await using world = await createAgentWorld();
  const deviceKey = { kind: "auto", tcti: "device:/dev/no-such-tpm", pcrs: undefined } as const;
  expect(await world.prepare({ deviceKey })).toMatchObject({ outcome: "prepared" });
  expect(await world.status()).toMatchObject({
    details: {
      deviceKey: "in a file",
      deviceKeyThumbprint: expect.stringMatching(/^[\w-]{43}$/),
    },
  });
});

test("a key that systemd keeps is read from the service's credentials, and only there", async () => {
  await using world = await createPreparedWorld();
  const credentialsFolder = join(world.folder, "credentials");
  mkdirSync(credentialsFolder, { mode: 0o700 });
  renameSync(
    join(world.stateDir, "device-key.pem"),
    join(credentialsFolder, "databox-agent.device-key"),
  );
  expect(seen(await world.unlock())).toMatchObject({ exit: 5, code: "AgentStateUnreadable" });
  expect(seen(await world.unlock({ credentialsFolder }))).toMatchObject(unlocked);
});
