import { diagnosticsView } from "@databox-cmk/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { VAULT_NAME } from "../world/customer-vault.ts";
import { exactly } from "../world/exactly.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => {
  world.vaults.setEnabled(world.kid, true);
});

type Step = { name: string; status: string; detail?: string };
const read = (job: string, id: string, roles: readonly string[] = ["Reader"]) =>
  world.call("GET", `${jobPath(job)}/diagnostics/${id}?${API}`, { claims: { roles } });

describe("the id on the agent's screen", () => {
  test("leads to the timeline of a granted unlock, its log line and its audit row", async () => {
    const device = await world.delivered("granted1");
    const { answer } = await device.unlock("unlock");
    if (answer.kind !== "answer") throw new Error("no grant");
    const { correlationId } = answer.value;
    await device.receipt(answer.text, "unlocked");
    const { status, json } = await read("granted1", correlationId);
    expect(status).toBe(200);
    exactly(diagnosticsView, json);
    expect(json.events).toHaveLength(1);
    const [event] = json.events;
    expect(event).toMatchObject({
      action: "unlock",
      outcome: "granted",
      serial: device.serial,
      kid: world.kid,
    });
    expect(event.steps.map((step: Step) => step.name)).toEqual([
      "received",
      "signature",
      "decision",
      "nonce",
      "get-key",
      "key-rules",
      "unwrap",
      "seal",
      "record",
      "answered",
      "receipt",
    ]);
    expect(event.steps.every((step: Step) => step.status === "Passed")).toBe(true);
    expect(event.steps.at(-1).detail).toBe("unlocked");
    expect(event.explanation).toBeUndefined();
    const lines = world.logLines.filter((line) => line.includes(correlationId));
    expect(lines).toHaveLength(1);
    const activity = await world.call("GET", `${jobPath("granted1")}/activity?${API}`);
    const row = activity.json.value.find(
      (each: { row: { correlationId: string } }) => each.row.correlationId === correlationId,
    );
    expect(row).toMatchObject(event.audit);
  });

  test("explains a refusal with the order's own names and one next step", async () => {
    const device = await world.delivered("refused1");
    world.vaults.setEnabled(world.kid, false);
    const { answer } = await device.unlock("unlock");
    if (answer.kind !== "denial") throw new Error("no denial");
    const { correlationId, code } = answer.value;
    expect(code).toBe("SsemUserErrorEncryptionKeyDisabled");
    const line = world.logLines.find((each) => each.includes(correlationId));
    expect(JSON.parse(line ?? "{}")).toMatchObject({ event: "served", code });
    const { json } = await read("refused1", correlationId);
    const [event] = json.events;
    expect(event).toMatchObject({
      outcome: "refused",
      explanation: { code, class: "refused", who: "security-administrator" },
      nextStep: { who: "security-administrator" },
    });
    expect(event.nextStep.command).toContain(VAULT_NAME);
    const failed = event.steps.filter((step: Step) => step.status === "Failed");
    expect(failed).toMatchObject([{ name: "unwrap", detail: code }]);
    expect(event.steps.some((step: Step) => step.name === "receipt")).toBe(false);
  });

  test("names the person of a reason that the row leaves out for former versions", async () => {
    const device = await world.delivered("switched1");
    const { status } = await world.call("POST", "/operator/v1/revoke", {
      claims: { roles: ["DataBox.Operator"] },
      body: { scope: { kind: "order", order: jobPath("switched1") }, reason: "stolen" },
    });
    expect(status).toBe(200);
    const { answer } = await device.unlock("unlock");
    if (answer.kind !== "denial") throw new Error("no denial");
    const { correlationId, code, reason, who } = answer.value;
    expect([code, reason, who]).toEqual(["UnlockRevoked", undefined, "broker-operator"]);
    const { json } = await read("switched1", correlationId);
    const { explanation, nextStep } = json.events[0];
    expect(explanation).toMatchObject({ code, who: "broker-operator" });
    expect([explanation.reason, nextStep.who]).toEqual([undefined, "broker-operator"]);
  });
});

describe("nothing is shown", () => {
  test("of another order's unlock, of an unknown id, of an id that is none", async () => {
    const device = await world.delivered("mine1");
    const { answer } = await device.unlock("unlock");
    if (answer.kind !== "answer") throw new Error("no grant");
    await world.delivered("yours1");
    expect((await read("yours1", answer.value.correlationId)).status).toBe(404);
    expect((await read("mine1", "b7d1c2a4-0000-4000-8000-000000000000")).status).toBe(404);
    expect((await read("mine1", "%25")).json.error.code).toBe("InvalidResourceName");
    expect((await read("mine1", "_".repeat(36))).status).toBe(404);
  });

  test("to a caller without the right to read", async () => {
    const { status } = await read("mine1", "b7d1c2a4-0000-4000-8000-000000000000", []);
    expect(status).toBe(403);
  });
});

describe("the log stays small", () => {
  test("a probe that finds nothing has no line, and any other request has one", async () => {
    world.logLines.length = 0;
    for (const path of ["/healthz", "/readyz", "/nothing"])
      await world.call("GET", path, { claims: "none" });
    const served = world.logLines.map((line) => JSON.parse(line));
    expect(served).toMatchObject([{ event: "served", untrusted: { path: "/nothing" } }]);
  });

  test("work that fails twice a second has a line with its location once in ten seconds, and is counted", async () => {
    world.logLines.length = 0;
    for (let each = 0; each < 20; each += 1)
      for (const chore of ["one", "other"]) world.broker().choreFailed(chore, new Error("lost"));
    const events = world.logLines.map((line) => JSON.parse(line).event);
    expect(events).toEqual(["one failed", "other failed"]);
    const text = await world.broker().metrics.registry.metrics();
    expect(text).toContain('databox_chore_failures_total{chore="one"} 20');
  });
});
