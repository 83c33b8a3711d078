import { describe, expect, test } from "vitest";

import { AZ_OPTIONS, LOCAL_PROGRAMS } from "../test/known-commands.ts";
import { rowsAndReasons } from "../test/rows-and-reasons.ts";
import { explain, reasonOf, stepsOf } from "./explain.ts";
import { FACTS } from "./facts.ts";
import type { ErrorClass, ErrorRow } from "./row.ts";
import { ERROR_CODES, ERRORS } from "./table.ts";
import { ARM_ERRORS } from "./table/arm.ts";
import { AZURE_IDENTITY_ERRORS } from "./table/azure-identity.ts";
import { AZURE_KEY_ERRORS } from "./table/azure-key.ts";
import { AZURE_ORDER_ERRORS } from "./table/azure-order.ts";
import { AZURE_VAULT_ACCESS_ERRORS } from "./table/azure-vault-access.ts";
import { AZURE_VAULT_ERRORS } from "./table/azure-vault.ts";
import { DEVICE_ENVELOPE_ERRORS } from "./table/device-envelope.ts";
import { DEVICE_LOCAL_ERRORS } from "./table/device-local.ts";
import { DEVICE_PROTOCOL_ERRORS } from "./table/device-protocol.ts";
import { ERASURE_ERRORS } from "./table/erasure.ts";
import { INTERNAL_ERRORS } from "./table/internal.ts";
import { KEY_ERRORS } from "./table/key.ts";
import { NETWORK_ERRORS } from "./table/network.ts";
import { OFFLINE_ERRORS } from "./table/offline.ts";
import { ORDER_ERRORS } from "./table/order.ts";
import { PORTAL_ERRORS } from "./table/portal.ts";
import { SPLIT_CUSTODY_ERRORS } from "./table/split-custody.ts";
import { UNLOCK_DECISION_ERRORS } from "./table/unlock-decision.ts";

const PARTS = [
  ERASURE_ERRORS,
  ARM_ERRORS,
  AZURE_IDENTITY_ERRORS,
  AZURE_KEY_ERRORS,
  AZURE_ORDER_ERRORS,
  AZURE_VAULT_ACCESS_ERRORS,
  AZURE_VAULT_ERRORS,
  DEVICE_ENVELOPE_ERRORS,
  DEVICE_LOCAL_ERRORS,
  DEVICE_PROTOCOL_ERRORS,
  INTERNAL_ERRORS,
  KEY_ERRORS,
  NETWORK_ERRORS,
  ORDER_ERRORS,
  PORTAL_ERRORS,
  UNLOCK_DECISION_ERRORS,
  SPLIT_CUSTODY_ERRORS,
  OFFLINE_ERRORS,
];

const STATUSES: Readonly<Record<ErrorClass, readonly number[]>> = {
  refused: [400, 401, 403, 404, 409],
  unreachable: [429, 502, 503],
  invalid: [400, 401, 403, 404, 405, 409, 412, 413, 415, 429, 500, 501, 502, 507],
  pending: [202, 400, 409],
  internal: [500],
};

/**
 * The codes of Azure's troubleshooting table for customer-managed keys, by which existing scripts
 * tell failures apart.
 */
const AZURE_CODES = [
  "EncryptionKeyDisabled",
  "EncryptionKeyExpired",
  "KeyDetailsNotFound",
  "KeyVaultBadRequestException",
  "KeyVaultDetailsNotFound",
  "SystemAssignedIdentityAbsent",
  "UserAssignedIdentityAbsent",
  "UserAssignedLimitReached",
  "CrossTenantIdentityAccessForbidden",
  "KekUserIdentityNotFound",
  "EncryptionKeyTypeNotSupported",
  "SoftDeleteAndPurgeProtectionNotEnabled",
  "InvalidKeyVaultUrl",
  "KeyVaultUrlWithInvalidScheme",
  "KeyVaultUrlInvalidHost",
];

describe("the error table", () => {
  test("no code is in two parts", () => {
    expect(PARTS.flatMap((part) => Object.keys(part)).toSorted()).toEqual(ERROR_CODES.toSorted());
  });

  test("every code of Azure's troubleshooting table is there, without codes of that name invented by us", () => {
    const ours = ERROR_CODES.filter((code) => code.startsWith("SsemUserError"));
    expect(ours.toSorted()).toEqual(
      [...AZURE_CODES, "SecretsNotGenerated", "EntityNotFound"]
        .map((name) => `SsemUserError${name}`)
        .toSorted(),
    );
  });

  test.each(ERROR_CODES.map((code) => ({ code })))(
    "$code has a status that fits its class",
    ({ code }) => {
      const row: ErrorRow = ERRORS[code];
      expect(STATUSES[row.class]).toContain(row.httpStatus);
    },
  );

  test.each(rowsAndReasons())(
    "$code $reason is written as one clause without a full stop",
    ({ code, reason }) => {
      const { title, message, ask, steps } = explain(code, { reason });
      for (const text of [title, message, ...steps.map((step) => step.text)]) {
        expect(text).toMatch(/^\P{Cc}+[^.\s\p{Cc}]$/u);
      }
      expect(message).not.toMatch(/<|>|\{|\}/);
      expect(ask).toMatch(/^\P{Cc}+\.$/u);
      expect(reason ?? "a").toMatch(/^[a-z]+(-[a-z]+)*$/);
    },
  );

  test.each(rowsAndReasons())(
    "$code $reason has a step for the person who must act",
    ({ code, reason }) => {
      const { who, steps } = explain(code, { reason });
      const own = who === "nobody" ? steps : explain(code, { reason, for: who }).steps;
      expect(own.length).toBeGreaterThan(0);
    },
  );

  test.each(rowsAndReasons())(
    "$code $reason uses only names that FACTS lists",
    ({ code, reason }) => {
      const row: ErrorRow = ERRORS[code];
      const own = reasonOf(code, reason);
      const texts = [row.ask, row.why, row.reproduce, own?.ask, own?.why, own?.reproduce].concat(
        stepsOf(code, reason).flatMap((step) => [step.text, step.command]),
      );
      const names = texts.flatMap((text) =>
        Array.from((text ?? "").matchAll(/\{([a-zA-Z]+)\}/g), ([, name]) => name),
      );
      expect(names.filter((name) => !Object.hasOwn(FACTS, name ?? ""))).toEqual([]);
    },
  );

  test.each(rowsAndReasons())(
    "$code $reason names only commands and options that exist",
    ({ code, reason }) => {
      const row: ErrorRow = ERRORS[code];
      const commands = stepsOf(code, reason).map((step) => step.command);
      const all = [...commands, row.reproduce, reasonOf(code, reason)?.reproduce];
      expect(all.flatMap((command) => unknownPartsOf(command ?? ""))).toEqual([]);
    },
  );

  test("access is explained for access policies and for roles", () => {
    const refused = explain("SsemUserErrorKeyVaultBadRequestException", {
      facts: { principalId: "p" },
    });
    const commands = refused.steps.map((step) => step.command ?? "").join("\n");
    expect(commands).toContain("az keyvault set-policy --name <vaultName> --object-id p");
    expect(commands).toContain(
      "az role assignment create --role 'Key Vault Crypto Service Encryption User'",
    );
  });

  test("enabling is not offered as the cure of an expired key", () => {
    const { steps } = explain("SsemUserErrorEncryptionKeyExpired");
    expect(steps[0]?.command).toContain("--expires");
    expect(JSON.stringify(steps)).not.toContain("--enabled");
  });
});

/**
 * The verb or the options of a command line, and of commands within it, that no list of ours knows.
 */
function unknownPartsOf(line: string): string[] {
  const inner = Array.from(line.matchAll(/\$\(([^)]*)\)/g), ([, command = ""]) => command);
  const outer = line.replace(/\$\([^)]*\)/g, "substituted");
  return [outer, ...inner].flatMap(unknownPartsOfOne);
}

function unknownPartsOfOne(command: string): string[] {
  if (command === "") return [];
  const words = Array.from(command.matchAll(/'[^']*'|"[^"]*"|\S+/g), ([word]) => word);
  if (words[0] !== "az") return LOCAL_PROGRAMS.includes(words[0] ?? "") ? [] : words.slice(0, 1);
  const firstOption = words.findIndex((word) => word.startsWith("--"));
  const verb = words.slice(1, firstOption === -1 ? undefined : firstOption).join(" ");
  const options = AZ_OPTIONS[verb];
  if (options === undefined) return [verb];
  return words.filter(
    (word) => word.startsWith("--") && ![...options, "--query", "--output"].includes(word),
  );
}
