import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { SETTINGS } from "@databox-cmk/cloud-broker";
import { beforeAll, describe, expect, test } from "vitest";
import { Language, Parser, type Node } from "web-tree-sitter";

/**
 * Neither the npm registry nor Debian has the Bicep compiler, but its grammar. So this test checks
 * syntax, and the references between the files and to the broker; it does not check types and API
 * versions.
 */
const folder = fileURLToPath(new URL("../azure", import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".bicep"),
);
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");
let parser: Parser;

beforeAll(async () => {
  await Parser.init();
  parser = new Parser();
  const grammar = fileURLToPath(import.meta.resolve("tree-sitter-bicep/tree-sitter-bicep.wasm"));
  parser.setLanguage(await Language.load(grammar));
});

function parse(text: string): Node {
  const tree = parser.parse(text);
  if (tree === null) throw new Error("nothing was parsed");
  return tree.rootNode;
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

const faultsOf = (text: string): string[] =>
  [...walk(parse(text))]
    .filter((node) => node.isError || node.isMissing)
    .map((node) => `line ${String(node.startPosition.row + 1)}: ${node.text.slice(0, 80)}`);

/** Names that a file declares by `param` or `output`. */
const declared = (text: string, kind: "param" | "output"): string[] =>
  [...text.matchAll(new RegExp(`^${kind} (\\w+) `, "gm"))].flatMap(([, name]) => name ?? []);

test("the grammar finds a fault, so that silence means something", () => {
  expect(faultsOf("param name string = {")).not.toEqual([]);
});

test.each(files)("%s is Bicep", (name) => {
  expect(faultsOf(textOf(name))).toEqual([]);
});

describe("the modules fit", () => {
  const main = textOf("main.bicep");
  const calls = [
    ...main.matchAll(
      /^module (\w+) '(modules\/[\w-]+\.bicep)' = (?:if \([^\n]*\) )?\{([\s\S]*?)^\}/gm,
    ),
  ];

  test("every module file is used", () => {
    expect(calls.map(([, , path = ""]) => path).toSorted()).toEqual(
      files.filter((name) => name.startsWith("modules/")).toSorted(),
    );
  });

  test.each(calls.map(([, symbol = "", path = "", body = ""]) => ({ symbol, path, body })))(
    "$path is given its parameters, and only what it gives back is used",
    ({ symbol, path, body }) => {
      const [, parameters = ""] = /params: \{([\s\S]*?)\n {2}\}/.exec(body) ?? [];
      const given = [...parameters.matchAll(/^ {4}(\w+):/gm)].map(([, name = ""]) => name);
      const text = textOf(path);
      expect(given.toSorted()).toEqual(declared(text, "param").toSorted());
      const used = [...main.matchAll(new RegExp(`\\b${symbol}\\.\\??outputs\\.(\\w+)`, "g"))];
      expect(declared(text, "output")).toEqual(
        expect.arrayContaining([...new Set(used.map(([, name]) => name))]),
      );
    },
  );
});

const BROKER_MAIN = fileURLToPath(
  new URL("main.ts", import.meta.resolve("@databox-cmk/cloud-broker")),
);

function openKeysFolder() {
  const path = mkdtempSync(join(tmpdir(), "keys-"));
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true });
    },
  };
}

describe("the container app", () => {
  const text = textOf("modules/broker.bicep");
  const variables = [...text.matchAll(/name: '([A-Z_]+)'/g)].flatMap(([, name]) => name ?? []);

  test("sets only what the broker reads, and all that it must be given", () => {
    expect(Object.keys(SETTINGS)).toEqual(expect.arrayContaining(variables));
    // BROKER_DATA_DIR is set by the image.
    const required = Object.entries(SETTINGS)
      .filter(([, setting]) => !("default" in setting) && !("optional" in setting))
      .map(([name]) => name)
      .filter((name) => name !== "BROKER_DATA_DIR");
    expect(variables).toEqual(expect.arrayContaining(required));
  });

  test("mounts every key that the broker makes, since it cannot make one there", () => {
    using keys = openKeysFolder();
    const { status } = spawnSync(process.execPath, [BROKER_MAIN, "keys", "create", keys.path]);
    expect(status).toBe(0);
    const mounted = [...text.matchAll(/^ {2}'?[\w-]+'?: '([\w.-]+)'$/gm)].map(([, file]) => file);
    expect(mounted).toEqual(expect.arrayContaining(readdirSync(keys.path)));
  });

  test("is deployed after the vault whose secrets it mounts, and leaves by the fixed address", () => {
    const main = textOf("main.bicep");
    expect(main).toContain("module broker 'modules/broker.bicep' = if (deployBroker) {");
    expect(main).toMatch(/^module vault 'modules\/vault\.bicep' = \{$/m);
    expect(textOf("modules/network.bicep")).toMatch(
      /name: 'broker'\n {8}properties: \{\n[^\n]*\n {10}natGateway: \{\n {12}id: gateway\.id/,
    );
  });

  test("has no secret among its variables", () => {
    expect(text).not.toMatch(/secretRef: '/);
  });
});

test("rights are given on the service's vault, the identities' group and the image's registry only", () => {
  const assignments = files.filter((name) => textOf(name).includes("roleAssignments@"));
  expect(assignments.toSorted()).toEqual([
    "modules/identity-rights.bicep",
    "modules/registry-rights.bicep",
    "modules/vault.bicep",
  ]);
});
