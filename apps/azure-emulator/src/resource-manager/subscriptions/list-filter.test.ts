import { describe, expect, test } from "vitest";

import { parseListFilter } from "./list-filter.ts";

const GUID = "33333333-4444-4555-8666-777777777777";

describe("a list's filter", () => {
  test.each([
    [undefined, [], []],
    ["", [], []],
    ["atScope()", [], [["atscope", ""]]],
    [
      "resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'kv'",
      [
        ["resourcetype", "Microsoft.KeyVault/vaults"],
        ["name", "kv"],
      ],
      [],
    ],
    [
      "atScope() and assignedTo('p')",
      [],
      [
        ["atscope", ""],
        ["assignedto", "p"],
      ],
    ],
    ["name eq 'it''s'", [["name", "it's"]], []],
    [`principalId eq ${GUID}`, [["principalid", GUID]], []],
  ])("%j is read", (text, equals, functions) => {
    const filter = parseListFilter(text);
    expect([...filter.equals]).toEqual(equals);
    expect([...filter.functions]).toEqual(functions);
  });

  test.each(["name ne 'kv'", "name eq kv", "startswith(name,'k')", "'", "x".repeat(3_000)])(
    "%.20s is refused",
    (text) => {
      expect(() => parseListFilter(text)).toThrow(expect.objectContaining({ status: 400 }));
    },
  );
});
