import { expect, test } from "vitest";

import { parseFailureJson, renderFailureJson } from "../../core/failure-json.ts";
import { failureOfSwitch } from "../kill-switches/revocations.ts";
import { renderDenial } from "./denial.ts";

test("a denial is never cut within a character, which its reader would refuse", () => {
  const context = { requestHash: "h", correlationId: "c" };
  for (const start of ["", "-"]) {
    const detail = start + "\u{1F600}".repeat(512);
    const { message } = renderDenial({ code: "ApprovalRejected", detail }, context);
    expect(message).toHaveLength(1000);
    expect(message.isWellFormed()).toBe(true);
  }
});

test("a switch of the operator is stored and sent as former versions read it, and names its person", () => {
  const context = { requestHash: "h", correlationId: "c" };
  const found = failureOfSwitch("order", "operator");
  const stored = parseFailureJson(renderFailureJson(found));
  expect(stored).toMatchObject({ code: "UnlockRevoked", reason: undefined });
  for (const failure of [found, stored ?? found])
    expect(renderDenial(failure, context)).toMatchObject({
      code: "UnlockRevoked",
      reason: undefined,
      who: "broker-operator",
      message: "Unlocking was switched off by the operator of the service",
    });
  const newer = JSON.stringify({ code: "UnlockRevoked", reason: "newer" });
  expect(renderDenial(parseFailureJson(newer) ?? found, context).who).toBe(
    "security-administrator",
  );
});
