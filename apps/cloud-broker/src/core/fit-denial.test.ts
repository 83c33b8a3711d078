import { ERROR_CODES, explain } from "@databox-cmk/errors";
import type { Denial } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { CARRIED_DENIAL_MAX_BYTES, fitDenial } from "./fit-denial.ts";

const fit = (denial: Denial) => fitDenial(denial, (text) => Buffer.byteLength(text));

const HASH = "A".repeat(43);
const UUID = "00000000-0000-4000-8000-000000000000";
const LONG = { vaultName: "v".repeat(24), keyName: "k".repeat(127), orderName: "o".repeat(24) };

function denialOf(code: (typeof ERROR_CODES)[number]): Denial {
  const { title, message, class: errorClass, who, ask, steps } = explain(code, { facts: LONG });
  return {
    requestHash: HASH,
    code,
    class: errorClass,
    who,
    title,
    message: message.padEnd(900, "x"),
    ask,
    steps: steps.map(({ text, command }) => (command === undefined ? { text } : { text, command })),
    correlationId: UUID,
    vaultRequestId: UUID,
  };
}

describe("a denial that a person carries", () => {
  test.each(ERROR_CODES)("fits one QR code, and keeps code, class and who: %s", (code) => {
    const denial = denialOf(code);
    const fitted = fit(denial);
    expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(CARRIED_DENIAL_MAX_BYTES);
    expect(fitted).toMatchObject({
      code,
      class: denial.class,
      who: denial.who,
      ask: expect.any(String),
    });
  });

  test("that fits is not touched", () => {
    const small = { ...denialOf("NonceExpired"), message: "short", steps: [{ text: "Try again" }] };
    expect(fit(small)).toBe(small);
  });

  test("is never cut within a character, which its reader would refuse", () => {
    for (const start of ["", "-"]) {
      const denial = { ...denialOf("ApprovalRejected"), message: start + "\u{1F600}".repeat(450) };
      expect(fit(denial).message.isWellFormed()).toBe(true);
    }
  });

  test("gives up commands before steps", () => {
    const step = { text: "t".repeat(100), command: "c".repeat(300) };
    const denial = { ...denialOf("UnlockRevoked"), message: "m", steps: [step, step] };
    expect(fit(denial).steps).toEqual([{ text: step.text }, { text: step.text }]);
  });
});
