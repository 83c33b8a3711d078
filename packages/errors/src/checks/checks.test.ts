import { describe, expect, test } from "vitest";

import { AppError } from "../app-error.ts";
import type { CheckRow, Finding } from "./check.ts";
import { decideNextStep } from "./decide-next-step.ts";
import { renderChecks } from "./render-checks.ts";
import { runChecks } from "./run-checks.ts";

type Name = "key" | "name" | "connection" | "answer";
const ROWS: readonly CheckRow<Name>[] = [
  { name: "key", title: "device key", after: [] },
  { name: "name", title: "name", after: [] },
  { name: "connection", title: "connection", after: ["name"] },
  { name: "answer", title: "answer", after: ["key", "connection"] },
];
const passes = (found?: string) => (): Promise<Finding> =>
  Promise.resolve(found === undefined ? { ok: true } : { ok: true, found });
const throws = (thrown: Error) => (): Promise<Finding> => Promise.reject(thrown);
const still = () => 0;

describe("a table of checks", () => {
  test("is shown in its own order, regardless of the order of ends", async () => {
    const order: string[] = [];
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    const { checks, failure } = await runChecks(
      ROWS,
      {
        key: async () => {
          await released;
          order.push("key");
          return { ok: true };
        },
        name: () => {
          order.push("name");
          return Promise.resolve({ ok: true, found: "192.0.2.1" });
        },
        connection: () => {
          order.push("connection");
          release(undefined);
          return Promise.resolve({ ok: true });
        },
        answer: passes(),
      },
      still,
    );
    expect(order).toEqual(["name", "connection", "key"]);
    expect(checks.map(({ name }) => name)).toEqual(["key", "name", "connection", "answer"]);
    expect(checks.every(({ status }) => status === "passed")).toBe(true);
    expect(failure).toBeUndefined();
  });

  test("continues beside a failure, and does not reach checks that depend on it", async () => {
    const { checks, failure } = await runChecks(
      ROWS,
      {
        key: passes(),
        name: throws(new AppError("BrokerUnreachable", { reason: "dns", detail: "no such name" })),
        connection: throws(new Error("never called")),
        answer: throws(new Error("never called")),
      },
      still,
    );
    expect(checks.map(({ status }) => status)).toEqual([
      "passed",
      "failed",
      "not-reached",
      "not-reached",
    ]);
    expect(failure).toMatchObject({ code: "BrokerUnreachable", reason: "dns" });
    expect(checks[1]?.error).toMatchObject({ class: "unreachable", detail: "no such name" });
  });

  test("names the first failure of the table, not the first in time", async () => {
    const { failure } = await runChecks(
      ROWS,
      {
        key: async () => {
          await Promise.resolve();
          throw new AppError("AgentStateUnreadable");
        },
        name: throws(new AppError("BrokerUnreachable", { reason: "dns" })),
        connection: passes(),
        answer: passes(),
      },
      still,
    );
    expect(failure?.code).toBe("AgentStateUnreadable");
  });

  test("treats an unnamed error as a fault of our own", async () => {
    const { failure } = await runChecks(
      ROWS,
      { key: throws(new TypeError("x")), name: passes(), connection: passes(), answer: passes() },
      still,
    );
    expect(failure?.code).toBe("InternalError");
  });

  test("that needs a later row is a programming error", async () => {
    const rows = [
      { name: "late", title: "late", after: ["later"] },
      { name: "later", title: "later", after: [] },
    ] as const;
    await expect(runChecks(rows, { late: passes(), later: passes() }, still)).rejects.toThrow(
      RangeError,
    );
  });
});

describe("the next step", () => {
  test("is nothing when every check passed", () => {
    expect(decideNextStep(undefined)).toEqual({
      who: "nobody",
      text: "Nothing: every check passed.",
    });
  });

  test("is the step itself, with the names filled in, for whom it is", () => {
    expect(decideNextStep({ code: "VolumeNotFound" }, "site-operator")).toEqual({
      who: "site-operator",
      text: "See which path the agent uses",
      command: "databox-agent status",
    });
  });

  test("of another person is a request to them", () => {
    const failure = {
      code: "SsemUserErrorEncryptionKeyDisabled",
      facts: { vaultName: "contoso", keyName: "unlock" },
    } as const;
    const asked = decideNextStep(failure, "site-operator");
    expect(asked).toMatchObject({ who: "security-administrator" });
    expect(asked.command).toBeUndefined();
    expect(decideNextStep(failure).command).toContain("contoso");
  });

  test("is the check's own remedy where it has one", () => {
    const remedy = { who: "broker-operator", text: "Renew it" } as const;
    expect(decideNextStep({ code: "Misuse", remedy })).toBe(remedy);
  });
});

test("a report is a table with marks, and words of others cannot break its lines", () => {
  expect(
    renderChecks([
      { name: "a", title: "device key", status: "passed", elapsedMs: 1.25, found: "ES256" },
      {
        name: "b",
        title: "name",
        status: "failed",
        elapsedMs: 12,
        error: {
          code: "BrokerUnreachable",
          reason: "dns",
          class: "unreachable",
          who: "site-operator",
          message: "m",
          detail: "no\nsuch \u001b[2Jname",
        },
      },
      { name: "c", title: "connection", status: "not-reached" },
    ]),
  ).toEqual([
    " ✓ device key   1.3 ms  ES256",
    " ✗ name        12.0 ms  no such  [2Jname [BrokerUnreachable: dns]",
    " · connection           not reached",
  ]);
});
