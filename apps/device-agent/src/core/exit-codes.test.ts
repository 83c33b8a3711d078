import { AppError, ERRORS, isErrorCode } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { exitCodeOf } from "./exit-codes.ts";
import { eventOfDenial, eventOfError } from "./failure-event.ts";

const CONTEXT = { event: "unlock", elapsedMs: 1 } as const;
const BY_CLASS = { internal: 1, refused: 3, unreachable: 4, invalid: 5, pending: 6 } as const;

const OF_THEIR_OWN = new Map<string, number>([
  ["Misuse", 2],
  ["AgentBusy", BY_CLASS.unreachable],
]);

test("every code of the table has the exit code of its class, but Misuse and AgentBusy", () => {
  for (const code of Object.keys(ERRORS).filter(isErrorCode)) {
    const event = eventOfError(new AppError(code), { ...CONTEXT, known: {} });
    const expected = OF_THEIR_OWN.get(code) ?? BY_CLASS[ERRORS[code].class];
    expect([code, exitCodeOf(event)]).toEqual([code, expected]);
  }
});

test.each([
  ["another command is worth a retry, since it ends by itself", undefined, BY_CLASS.unreachable],
  ["the service is not", "service", BY_CLASS.invalid],
])("%s", (_, reason, expected) => {
  const busy = new AppError("AgentBusy", { reason });
  expect(exitCodeOf(eventOfError(busy, { ...CONTEXT, known: {} }))).toBe(expected);
});

test("success is 0", () => {
  expect(exitCodeOf({ ...CONTEXT, outcome: "unlocked" })).toBe(0);
});

test("an unnamed error is our own fault and shows nothing of itself", () => {
  const event = eventOfError(new TypeError("secret-in-a-bug"), { ...CONTEXT, known: {} });
  expect(event).toMatchObject({ code: "InternalError", outcome: "failed" });
  expect(JSON.stringify(event)).not.toContain("secret-in-a-bug");
});

test("a code that only a newer broker knows is passed on in the broker's words", () => {
  const event = eventOfDenial(
    {
      requestHash: "h",
      code: "SsemUserErrorFromTheFuture",
      class: "refused",
      who: "order-owner",
      title: "New",
      message: "Something new",
      ask: "Ask",
      steps: [{ text: "Do this" }],
      correlationId: "c",
    },
    CONTEXT,
  );
  expect(exitCodeOf(event)).toBe(3);
  expect(event).toMatchObject({ code: "SsemUserErrorFromTheFuture", steps: [{ text: "Do this" }] });
  expect(event).not.toHaveProperty("requestHash");
});
