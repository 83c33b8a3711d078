import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { orderResourceId, storageAccountId, userIdentityId } from "./arm/fields.ts";
import {
  asciiLowerCase,
  describeIdentifier,
  identifier,
  type IdentifierKind,
  IDENTIFIERS,
  isIdentifier,
  isSameIdentifier,
} from "./identifiers.ts";
import { parseWith } from "./parse.ts";

const KELVIN = "\u212A";
const GUID = "00000000-0000-4000-8000-00000000000a";
/** A shortest and a longest name of each kind. */
const VALID = {
  subscriptionId: [GUID, GUID.toUpperCase()],
  tenantId: [GUID, GUID.toUpperCase()],
  resourceGroup: ["g", `${"(a.b_c-d)".repeat(9)}x.1-5678z`],
  jobName: ["a.b", "x".repeat(24)],
  serial: ["DBX", `D${"-9".repeat(31)}x`],
  vaultName: ["kv1", `k${"-v".repeat(11)}1`],
  keyName: ["k", "k".repeat(127)],
  keyVersion: ["0123456789abcdef".repeat(2), "0123456789ABCDEF".repeat(2)],
  storageAccount: ["abc", "a1".repeat(12)],
  identityName: ["abc", `a${"_-z".repeat(42)}q`],
  backupKeyName: ["b", "b".repeat(32)],
} as const satisfies Record<IdentifierKind, readonly [string, string]>;

const KINDS = Object.keys(IDENTIFIERS).map((kind) => {
  const known = kind as IdentifierKind;
  return { kind: known, valid: VALID[known] };
});
const STRANGE = [
  "\r\n",
  "\0",
  "\n",
  "\t",
  " ",
  "/",
  "\\",
  "%2f",
  "..",
  "\u{1F600}",
  KELVIN,
  "\u0130",
  "\u017F",
  "\u202E",
  "ß",
  "'",
];

describe.each(KINDS)("an identifier of kind $kind", ({ kind, valid }) => {
  test("is taken in its shortest and its longest form", () => {
    for (const text of valid)
      expect({ text, ok: isIdentifier(kind, text) }).toEqual({ text, ok: true });
  });

  test.prop([fc.constantFrom(...STRANGE), fc.nat(140), fc.constantFrom(...valid)])(
    // Evidence: Forged and aliased names.
    "is refused with anything strange in it, at any place",
    (strange, at, text) => {
      const wrong = text.slice(0, at) + strange + text.slice(at);
      // Two dots are allowed inside some names, never alone.
      expect(isIdentifier(kind, strange === ".." ? strange : wrong)).toBe(false);
    },
  );

  test("is refused when it is empty or has 3,000 characters", () => {
    for (const text of ["", "a".repeat(3000)]) expect(isIdentifier(kind, text)).toBe(false);
  });

  test.prop([fc.string({ unit: "binary", maxLength: 130 })])(
    "is printable ASCII, and its refusal says what is allowed and never repeats it",
    (text) => {
      if (isIdentifier(kind, text)) {
        expect(text).toMatch(/^[!-~]+$/);
        return;
      }
      const said = describeIdentifier(kind, text);
      expect(said).toMatch(/^[ -~]{1,220}$/);
      expect(said).toContain(IDENTIFIERS[kind].allowed);
      expect(parseWith(identifier(kind), text)).toEqual({
        ok: false,
        detail: `message: expected ${IDENTIFIERS[kind].allowed}`,
      });
    },
  );
});

const GROUP = `/subscriptions/${GUID}/resourceGroups/rg`;
test.each([
  [
    "storageAccountId",
    storageAccountId,
    `${GROUP}/providers/Microsoft.Storage/storageAccounts/abc`,
  ],
  [
    "userIdentityId",
    userIdentityId,
    `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/abc`,
  ],
  ["orderResourceId", orderResourceId, `${GROUP}/providers/Microsoft.DataBox/jobs/abc`],
])("a %s has a valid name in each of its parts, in any letter case", (_name, schema, id) => {
  expect(parseWith(schema, id).ok).toBe(true);
  expect(parseWith(schema, id.toUpperCase()).ok).toBe(true);
  for (const strange of STRANGE) {
    // Dots may end the name of an order.
    if (strange !== "..") expect(parseWith(schema, `${id}${strange}`).ok).toBe(false);
    expect(parseWith(schema, id.replace("rg", `rg${strange}/..`)).ok).toBe(false);
  }
  for (const wrong of [id.replace(GUID, "s"), id.replace("rg", ".."), `${id}/x`, id.slice(0, -2)])
    expect({ wrong, ok: parseWith(schema, wrong).ok }).toEqual({ wrong, ok: false });
});

// Evidence: Forged and aliased names.
test("the Kelvin sign, the dotted I and the long s do not count as ASCII letters", () => {
  expect(KELVIN.toLowerCase()).toBe("k");
  for (const text of [KELVIN, "\u0130", "\u017F"]) expect(asciiLowerCase(text)).toBe(text);
  expect(isSameIdentifier(KELVIN, "k")).toBe(false);
  expect(isSameIdentifier("DBX-Kelvin", "dbx-KELVIN")).toBe(true);
});

test.prop([fc.string({ unit: "binary" })])("folding changes A to Z only, and once", (text) => {
  const folded = asciiLowerCase(text);
  expect(folded).toHaveLength(text.length);
  expect(asciiLowerCase(folded)).toBe(folded);
  expect(folded).not.toMatch(/[A-Z]/);
  for (let at = 0; at < text.length; at += 1)
    if (!/[A-Z]/.test(text.charAt(at))) expect(folded.charAt(at)).toBe(text.charAt(at));
});
