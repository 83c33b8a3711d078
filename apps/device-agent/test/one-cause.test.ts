import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createCertificateAuthority } from "@databox-cmk/crypto";
import type { ErrorCode, ExplainOptions, Who } from "@databox-cmk/errors";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { expect, onTestFinished, test } from "vitest";

import { parseCommandLine } from "../src/command-line/parse-command-line.ts";
import type { AgentEvent, FailureEvent } from "../src/core/agent-event.ts";
import { renderEvent } from "../src/core/render-event.ts";
import { writeErasure } from "../src/state/erasure-file.ts";
import { openStateFolder } from "../src/state/state-folder.ts";
import { type AgentWorld, SERIAL } from "./agent-world.ts";
import { createKeeperOf } from "./daemon/keeper-of.ts";
import { deny } from "./deny.ts";
import { createUiWorld } from "./local-ui/ui-world.ts";
import { openNameServer } from "./name-server.ts";

type State = {
  /** Brings the node into the state. @returns the failure that said so first */
  readonly make: (world: AgentWorld) => Promise<AgentEvent>;
  readonly code: ErrorCode;
  readonly reason?: string;
  readonly who: Who;
  /** The first failure has names that only the broker knew. */
  readonly isNameless?: true;
};

const noAnswer = () => Promise.resolve("not an answer");
const FACTS = { keyName: "kek", vaultName: "contoso", keyVersion: "0123" };

const denied =
  (code: ErrorCode, options: Pick<ExplainOptions, "facts" | "reason"> = { facts: FACTS }) =>
  (world: AgentWorld) => {
    deny(world.broker, "/unlocks", code, options);
    return world.unlock();
  };

const changeSettings = (world: AgentWorld, change: object) => {
  const path = join(world.stateDir, "agent.json");
  const settings = JSON.parse(readFileSync(path, "utf8"));
  const connection = { ...settings.connection, ...change };
  writeFileSync(path, JSON.stringify({ ...settings, connection }), { mode: 0o600 });
};

const answeredBy =
  (status: number, headers: Record<string, string>, body: string) => (world: AgentWorld) => {
    world.broker.intercept = () => ({ status, headers, body });
    return world.unlock();
  };

/** An open volume is closed by its daemon. */
const closedBy =
  (cause: "outage" | "rollback" | "order", code?: ErrorCode, reason?: string) =>
  async (world: AgentWorld) => {
    await world.unlock();
    using node = createKeeperOf(world);
    const { id: lease, sequence } = node.lease();
    if (code !== undefined)
      deny(world.broker, "/renewals", code, {
        facts: FACTS,
        ...(reason === undefined ? {} : { reason }),
        ...(cause === "order" ? { typ: MESSAGE_TYPES.relock, members: { lease, sequence } } : {}),
      });
    if (code !== undefined) await node.renew(1);
    if (cause !== "order") await node.close(cause);
    const event = node.reported.at(-1);
    if (event === undefined) throw new Error("nothing was reported");
    return event;
  };

const STATES: Readonly<Record<string, State>> = {
  "a disabled key": {
    make: denied("SsemUserErrorEncryptionKeyDisabled"),
    code: "SsemUserErrorEncryptionKeyDisabled",
    who: "security-administrator",
  },
  "a switch of the owner": {
    make: denied("UnlockRevoked"),
    code: "UnlockRevoked",
    who: "security-administrator",
  },
  "the wrong stage": {
    make: denied("PurposeForbidden"),
    code: "PurposeForbidden",
    who: "order-owner",
  },
  "closed hours": {
    make: denied("ReleaseWindowClosed"),
    code: "ReleaseWindowClosed",
    who: "security-administrator",
    isNameless: true,
  },
  "a silent vault": {
    make: denied("KeyVaultUnreachable"),
    code: "KeyVaultUnreachable",
    who: "nobody",
    isNameless: true,
  },
  "a busy broker": { make: denied("BrokerBusy"), code: "BrokerBusy", who: "nobody" },
  "a name that cannot be resolved": {
    make: async (world) => {
      const { address: dnsServer, socket } = await openNameServer("127.0.0.1", []);
      onTestFinished(() => void socket.close());
      changeSettings(world, { dnsServer, resolveLocalhost: false });
      return world.unlock();
    },
    code: "BrokerUnreachable",
    reason: "dns",
    who: "site-operator",
  },
  "a broker that is gone": {
    make: (world) => {
      changeSettings(world, { brokerUrl: "https://localhost:1" });
      return world.unlock();
    },
    code: "BrokerUnreachable",
    reason: "connection",
    who: "site-operator",
  },
  "a wrong certificate, as with a wrong clock": {
    make: (world) => {
      const { certificatePem } = createCertificateAuthority({
        commonName: "Another",
        validityDays: 1,
      });
      const file = join(world.folder, "another.pem");
      writeFileSync(file, certificatePem, { mode: 0o600 });
      changeSettings(world, { certificateAuthorityFile: file });
      return world.unlock();
    },
    code: "BrokerUnreachable",
    reason: "certificate",
    who: "site-operator",
  },
  "a page of a proxy": {
    make: answeredBy(403, { "content-type": "application/json" }, "{}"),
    code: "BrokerUnreachable",
    reason: "unsigned-answer",
    who: "site-operator",
  },
  "a captive portal": {
    make: answeredBy(302, { location: "https://portal.invalid/" }, ""),
    code: "BrokerUnreachable",
    reason: "captive-portal",
    who: "site-operator",
  },
  "a volume that is gone, before the broker is asked": {
    make: (world) => {
      renameSync(world.diskPath, `${world.diskPath}.gone`);
      return world.unlock();
    },
    code: "VolumeNotFound",
    who: "site-operator",
  },
  "a carried answer that is none": {
    make: async (world) => {
      await world.run({ command: "challenge", out: undefined, qr: false, fresh: false });
      return world.run({ command: "respond", file: undefined }, { readStandardInput: noAnswer });
    },
    code: "GrantRejected",
    who: "site-operator",
  },
  "an approval that is missing": {
    make: (world) => {
      world.broker.approvals.required = 1;
      return world.unlock();
    },
    code: "ApprovalPending",
    who: "security-administrator",
  },
  "an order to close": {
    make: closedBy("order", "SsemUserErrorEncryptionKeyDisabled"),
    code: "SsemUserErrorEncryptionKeyDisabled",
    who: "security-administrator",
  },
  "an order to close by the stage": {
    make: closedBy("order", "PurposeForbidden"),
    code: "PurposeForbidden",
    who: "order-owner",
  },
  "a lease that silence ended": {
    make: closedBy("outage"),
    code: "BrokerUnreachable",
    who: "site-operator",
  },
  "a lease that the broker does not know": {
    make: closedBy("outage", "LeaseInvalid"),
    code: "LeaseInvalid",
    who: "site-operator",
  },
  "a state that was set back": {
    make: closedBy("rollback"),
    code: "LeaseInvalid",
    who: "site-operator",
  },
  "a header from a backup": {
    make: async (world) => {
      const backup = `${world.diskPath}.backup`;
      await world.unlock();
      copyFileSync(world.diskPath, backup);
      await world.run({ command: "rekey" });
      await world.lock();
      copyFileSync(backup, world.diskPath);
      return world.unlock();
    },
    code: "VolumeHeaderRolledBack",
    who: "site-operator",
  },
  "an envelope of another broker": {
    make: (world) => {
      const path = join(world.stateDir, "envelope.jws");
      writeFileSync(path, `${readFileSync(path, "utf8").trim().slice(0, -4)}AAAA`);
      return world.unlock();
    },
    code: "EnvelopeRejected",
    who: "broker-operator",
  },
  "an erasure that was interrupted": {
    make: (world) => {
      const { order } = world.broker;
      writeErasure(world.stateDir, {
        version: 1,
        step: "begun",
        order,
        serial: "DBX-TEST-1",
        startedAt: "2026-01-02T03:04:05.000Z",
      });
      return world.unlock();
    },
    code: "NodeErased",
    reason: "erasing",
    who: "site-operator",
  },
};

type Said = Pick<FailureEvent, "code" | "reason" | "who" | "ask" | "steps">;
const said = (from: AgentEvent | Said | undefined): Said => {
  const { code, reason, who, ask, steps } = from as Said;
  return { code, reason, who, ask, steps };
};

// Evidence: One cause at the node.
test.each(Object.entries(STATES))(
  "with %s, unlock, status, doctor, journal and page say one cause, person and step",
  async (_name, { make, code, reason, who, isNameless }) => {
    await using node = await createUiWorld();
    const { world } = node;
    const failure = await make(world);
    const first = said(failure);
    expect(first).toMatchObject({ code, who, ...(reason === undefined ? {} : { reason }) });
    const status = await world.status();
    const examined = await world.run({ command: "doctor" });
    const journal = await world.run({ command: "journal", verify: false, last: 5 });
    if (code !== "NodeErased") await node.restart(); // The page reads its settings once.
    const { json } = await node.client.get("/api/state");
    // Shown on the page as a request that waits; an erased node has no page.
    const hasPage = code !== "ApprovalPending" && code !== "NodeErased";
    const page = hasPage ? json.lastFailure?.failure : first;
    const surfaces = [causeOf(status), causeOf(examined), causeOf(journal), page].map(said);
    // Only an answer has the names.
    const expected = isNameless === undefined ? first : { code, who };
    expect(surfaces).toMatchObject(surfaces.map(() => expected));
    expect(JSON.stringify(surfaces)).not.toMatch(/<[a-zA-Z]+>/);
    // A surface that names a step never ends with "nothing".
    for (const event of [status, examined, journal])
      expect(renderEvent(event)).not.toMatch(/Next: (?:nothing|Nothing)/);
    const typing = { readStandardInput: () => Promise.resolve(`${SERIAL}\n`) };
    // What the steps print for this node runs in this state, as it is printed.
    for (const { command } of first.steps) {
      if (command?.startsWith("databox-agent ") !== true || /\b[A-Z]{4,}\b/.test(command)) continue;
      const line = parseCommandLine(command.split(" ").slice(1));
      if (line.kind !== "run") throw new Error(command);
      const once = line.command.command === "unlock" ? { approval: "keep" as const } : {};
      const ran = await world.run({ ...line.command, ...once }, typing);
      const isOver = "code" in ran && ran.code !== code;
      expect(isOver ? `${command}: ${ran.code}` : "as told").toBe("as told");
    }
  },
);

function causeOf(event: AgentEvent): Said | undefined {
  if ("code" in event) return said(event);
  return event.cause && said(event.cause);
}

test("after each of them, an unlock that succeeds ends it everywhere", async () => {
  await using node = await createUiWorld();
  const { world } = node;
  deny(world.broker, "/unlocks", "SsemUserErrorEncryptionKeyDisabled", { facts: FACTS });
  await world.unlock();
  expect((await node.client.get("/api/state")).json.lastFailure).toBeDefined();
  world.broker.intercept = undefined;
  await world.unlock();
  for (const event of [await world.status(), await world.run({ command: "doctor" })])
    expect(event).not.toHaveProperty("code");
  expect(await world.status()).toMatchObject({ cause: undefined });
  const state = openStateFolder(world.stateDir).readState();
  if (state !== undefined) node.ui.look(state);
  expect((await node.client.get("/api/state")).json).not.toHaveProperty("lastFailure");
});

test("a volume that stays open without a renewal says why on each surface", async () => {
  await using node = await createUiWorld();
  const { world } = node;
  await world.unlock();
  using keeper = createKeeperOf(world);
  deny(world.broker, "/renewals", "KeyVaultUnreachable", { facts: FACTS });
  await keeper.renew(1);
  await node.restart();
  const { json } = await node.client.get("/api/state");
  const status = await world.status();
  const examined = await world.run({ command: "doctor" });
  const code = "KeyVaultUnreachable";
  expect(status).toMatchObject({ outcome: "unlocked", cause: { code } });
  expect([causeOf(examined)?.code, json.lastFailure?.failure.code]).toEqual([code, code]);
});

test("a rejected answer hides no refusal before it", async () => {
  await using node = await createUiWorld();
  const { world } = node;
  await world.run({ command: "challenge", out: undefined, qr: false, fresh: false });
  deny(world.broker, "/unlocks", "UnlockRevoked");
  await world.unlock();
  const rejected = await world.run(
    { command: "respond", file: undefined },
    { readStandardInput: noAnswer },
  );
  expect(rejected).toMatchObject({ code: "GrantRejected" });
  expect(await world.status()).toMatchObject({ cause: { code: "UnlockRevoked" } });
});
