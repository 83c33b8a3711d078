import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { rowsAndReasons } from "../test/rows-and-reasons.ts";
import { explain, readableByFormer, reasonOfMessage, stepsOf } from "./explain.ts";
import { FACTS } from "./facts.ts";

const PLACEHOLDER = /\{[a-zA-Z]+\}/;
const facts = fc.dictionary(
  fc.constantFrom(...Object.keys(FACTS)),
  fc.oneof(fc.nat(), fc.stringMatching(/^[\w() .-]{1,90}$/)),
);

describe("explain", () => {
  test.prop([fc.constantFrom(...rowsAndReasons()), facts])(
    "every row and reason renders with any facts, one printable line each, within the device protocol's limits",
    ({ code, reason }, known) => {
      const explanation = explain(code, { reason, facts: known });
      const lines = [
        explanation.title,
        explanation.message,
        explanation.ask,
        ...explanation.steps.flatMap((step) => [step.text, step.command ?? ""]),
      ];
      for (const line of lines) {
        expect(line).not.toMatch(PLACEHOLDER);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(line.length).toBeLessThanOrEqual(1000);
      }
      expect(explanation.title.length).toBeLessThanOrEqual(200);
      expect(explanation.steps.length).toBeLessThanOrEqual(20);
    },
  );

  test.each(rowsAndReasons())(
    "$code $reason shows every missing fact as a hole",
    ({ code, reason }) => {
      for (const step of explain(code, { reason }).steps) {
        expect(`${step.text} ${step.command ?? ""}`).not.toMatch(PLACEHOLDER);
      }
    },
  );

  test.each([
    [{ vaultName: "kv", brokerAddress: "203.0.113.10" }, /--ip-address 203\.0\.113\.10$/],
    [{ vaultName: "kv" }, undefined],
    [undefined, /--ip-address <brokerAddress>$/],
  ])("a command that needs a fact is there as far as it is known: %j", (known, command) => {
    const options = { reason: "firewall", facts: known };
    const [step] = explain("SsemUserErrorKeyVaultBadRequestException", options).steps;
    expect(step?.text).toMatch(/^Add the broker's address to the vault's firewall/);
    expect(step?.command).toEqual(command && expect.stringMatching(command));
  });

  test("a reason replaces what it names and leaves the rest to the row", () => {
    const explanation = explain("SsemUserErrorKeyDetailsNotFound", {
      reason: "key-deleted-recoverable",
      facts: { keyName: "kek", vaultName: "kv", scheduledPurgeDate: "2026-12-24" },
    });
    expect(explanation).toMatchObject({
      class: "refused",
      httpStatus: 400,
      who: "security-administrator",
      recoverable: "until-date",
      message: "The customer-managed key was deleted and can still be recovered",
      ask: "Ask your security administrator to recover key kek in vault kv before 2026-12-24, then try again.",
    });
    expect(explanation.steps[0]).toEqual({
      text: "Recover the key before 2026-12-24; all its versions come back (portal: key vault > Keys > Manage deleted keys > Recover)",
      command: "az keyvault key recover --vault-name kv --name kek",
    });
  });

  test.each(["no-such-reason", "toString", "__proto__", ""])(
    "the reason %j, which the row does not list, is a newer version's, and changes nothing",
    (reason) => {
      for (const code of ["KeyVaultUnreachable", "Misuse"] as const)
        expect(explain(code, { reason })).toEqual(explain(code));
    },
  );

  test("former versions are not given a reason that they lack, and this one still explains it", () => {
    const { code, ...told } = readableByFormer({ code: "UnlockRevoked", reason: "operator" });
    expect(told.reason).toBeUndefined();
    expect(explain(code, told)).toEqual({
      ...explain("UnlockRevoked", { reason: "operator" }),
      reason: undefined,
    });
    const known = { code: "KeyVaultUnreachable", reason: "dns" } as const;
    expect(readableByFormer(known)).toBe(known);
  });

  test("the message of a denial tells its reason, with any detail behind it", () => {
    for (const { code, reason } of rowsAndReasons()) {
      const { message } = explain(code, { reason });
      expect([code, reasonOfMessage(code, `${message}: a detail`)]).toEqual([code, reason]);
    }
  });

  test("each person can be shown only their own steps, and together they are all steps", () => {
    const people = [
      "security-administrator",
      "order-owner",
      "site-operator",
      "broker-operator",
      "nobody",
    ] as const;
    for (const { code, reason } of rowsAndReasons()) {
      const shown = people.flatMap((person) => explain(code, { reason, for: person }).steps);
      expect(shown).toHaveLength(stepsOf(code, reason).length);
    }
    expect(explain("SsemUserErrorEncryptionKeyDisabled", { for: "site-operator" }).steps).toEqual([
      { text: "Unlock again at the appliance once that is done", command: "databox-agent unlock" },
    ]);
  });
});
