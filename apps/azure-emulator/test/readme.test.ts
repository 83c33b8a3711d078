import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { OPERATION_NAMES } from "../src/core/key-vault/operations.ts";
import { UNVERIFIED } from "../src/core/unverified.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .map((cell) => cell.trim())
    .slice(1, -1);

test("the README has a row for each unverified behaviour, as the table says it", () => {
  const rows = README.split("\n")
    .filter((line) => line.startsWith("| `"))
    .map(cellsOf);
  for (const [name, { choices, about }] of Object.entries(UNVERIFIED))
    expect(rows).toContainEqual([`\`${name}\``, choices.join(", "), about]);
});

test("the README names each operation that a fault can be scoped to", () => {
  for (const name of OPERATION_NAMES.filter((operation) => !/^(?:attest|secure)/u.test(operation)))
    expect(README).toContain(name);
});
