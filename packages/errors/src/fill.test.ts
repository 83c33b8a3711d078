import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";

import { fillCommand, fillText, oneLine } from "./fill.ts";

test.each([
  { template: "vault {vaultName}", facts: { vaultName: "kv" }, filled: "vault kv" },
  { template: "vault {vaultName}", facts: {}, filled: "vault <vaultName>" },
  { template: "vault {vaultName}", facts: { vaultName: "" }, filled: "vault <vaultName>" },
  { template: "wait {retryAfterSeconds} s", facts: { retryAfterSeconds: 0 }, filled: "wait 0 s" },
  { template: "{toString}", facts: {}, filled: "<toString>" },
  { template: "{a}", facts: { a: "x\r\ny\u001b[31m\u202e" }, filled: "x y [31m " },
  { template: "{a}", facts: { a: "{b}", b: "never twice" }, filled: "{b}" },
  { template: "wait[ {s} s], then", facts: { s: 3 }, filled: "wait 3 s, then" },
  { template: "wait[ {s} s], then", facts: {}, filled: "wait, then" },
  { template: "{a}[ of {b}]", facts: { a: "[x]", b: "[{a}]" }, filled: "[x] of [{a}]" },
])("text $template with $facts is $filled", ({ template, facts, filled }) => {
  expect(fillText(template, facts)).toBe(filled);
});

test.each([
  { template: "az show --name {n}", facts: { n: "rg-1" }, filled: "az show --name rg-1" },
  { template: "az show --name {n}", facts: {}, filled: "az show --name <n>" },
  { template: "az show --name {n}", facts: { n: "rg (old)" }, filled: "az show --name 'rg (old)'" },
  {
    template: "az show --name {n}",
    facts: { n: "a'; b" },
    filled: String.raw`az show --name 'a'\''; b'`,
  },
  { template: 'az rest --url "{n}?v=1"', facts: { n: "/a" }, filled: "az rest --url '/a?v=1'" },
  { template: `az --body '{"a":"{n}"}'`, facts: { n: "x" }, filled: `az --body '{"a":"x"}'` },
])("command $template with $facts is $filled", ({ template, facts, filled }) => {
  expect(fillCommand(template, facts)).toBe(filled);
});

/**
 * Words as a POSIX shell splits them (Shell Command Language §2.2): single quotes and backslashes
 * are all that we emit.
 */
function shellWords(command: string): string[] {
  return Array.from(command.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g), ([word]) =>
    word.replaceAll(
      /'([^']*)'|\\(.)/g,
      (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? "",
    ),
  );
}

test.prop([fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 80 })])(
  "a fact is one shell word, even with special characters",
  (fact) => {
    const command = fillCommand("az keyvault show --name {vaultName} --output tsv", {
      vaultName: fact,
    });
    expect(shellWords(command)).toEqual([
      "az",
      "keyvault",
      "show",
      "--name",
      oneLine(fact, 260),
      "--output",
      "tsv",
    ]);
  },
);

test.prop([fc.string({ unit: "binary", maxLength: 600 })])(
  "a filled text is one printable line",
  (fact) => {
    expect(fillText("{vaultName}", { vaultName: fact })).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
  },
);
