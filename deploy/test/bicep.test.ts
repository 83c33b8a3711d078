import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { SETTINGS } from "@databox-cmk/cloud-broker";
import { requireTool } from "@databox-cmk/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { Language, Parser, type Node } from "web-tree-sitter";

import { resourcesOf, type Resource, walk } from "./azure-resources.ts";

/**
 * Neither the npm registry nor Debian has the Bicep compiler. npm has its grammar, which checks
 * syntax and references; Debian's Azure SDK has the models of the resources, which check names,
 * kinds and values of members.
 */
const folder = fileURLToPath(new URL("../azure", import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".bicep"),
);
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const overlay = (name: string): string => read(`../kubernetes/example/${name}`);
const base = (name: string): string => read(`../kubernetes/base/${name}`);
// Debian's own interpreter: it is the one that sees the package python3-azure.
const PYTHON = "/usr/bin/python3";
const MODELS = fileURLToPath(new URL("azure-models.py", import.meta.url));
const hasSdk = requireTool(
  "python3-azure",
  spawnSync(PYTHON, ["-c", "import azure.mgmt.network"]).status === 0,
);
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

/** The refusals of the SDK's models; one sentence each. */
function refusals(resources: readonly Resource[]): string[] {
  const { stdout, stderr } = spawnSync(PYTHON, [MODELS], {
    input: JSON.stringify(resources),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout) as string[];
}

/** Syntax errors, and names that are used and not declared. */
function faultsOf(text: string): string[] {
  const nodes = [...walk(parse(text))];
  const declared = new Set(
    nodes.flatMap((node) => (isDeclaration(node) ? (node.namedChild(0)?.text ?? "") : [])),
  );
  return nodes
    .filter(
      (node) =>
        node.isError ||
        node.isMissing ||
        (node.type === "identifier" && isUse(node) && !declared.has(node.text)),
    )
    .map((node) => `line ${String(node.startPosition.row + 1)}: ${node.text.slice(0, 80)}`);
}

const isDeclaration = ({ type }: Node): boolean =>
  type.endsWith("_declaration") || type === "for_statement";

/** Neither a declared name, nor an object's member, nor a function. */
function isUse(node: Node): boolean {
  const { parent } = node;
  if (parent === null) return false;
  const isNamedByParent =
    isDeclaration(parent) || parent.type === "object_property" || parent.type === "call_expression";
  return !(isNamedByParent && parent.namedChild(0)?.equals(node) === true);
}

/** Names that a file declares by `param` or `output`. */
const declared = (text: string, kind: "param" | "output"): string[] =>
  [...text.matchAll(new RegExp(`^${kind} (\\w+) `, "gm"))].flatMap(([, name]) => name ?? []);

test("syntax and names are checked, so that silence means something", () => {
  expect(faultsOf("param name string = {")).not.toEqual([]);
  expect(faultsOf("var a = b\noutput c string = a")).toEqual(["line 1: b"]);
});

test.each(files)("%s is Bicep", (name) => {
  expect(faultsOf(textOf(name))).toEqual([]);
});

describe.skipIf(!hasSdk)("the resources, by the models of the Azure SDK", () => {
  test("have members, kinds and values that Azure knows", () => {
    const resources = files.flatMap((name) => resourcesOf(name, parse(textOf(name))));
    expect(resources.length).toBeGreaterThan(files.length);
    expect(refusals(resources)).toEqual([]);
  });

  test("are refused if they are wrong, so that silence means something", () => {
    const text = textOf("modules/cluster.bicep");
    const mistakes = [
      ["name: 'Base'", "name: 'Best'", ".sku.name is Best, not one of Base"],
      ["outboundType:", "outboundTyp:", ".properties.networkProfile has no member outboundTyp"],
      ["enableRBAC: true", "enableRBAC: 'true'", ".properties.enableRBAC is not bool"],
      [
        "availabilityZones: ['1', '2', '3']",
        "availabilityZones: '1'",
        ".properties.agentPoolProfiles.availabilityZones is not [str]",
      ],
      ["    issuer: cluster", "    issuers: cluster", ".properties has no member issuers"],
      ["oidcIssuerProfile.issuerURL", "issuerURL", " has no member properties.issuerURL"],
      ["managedClusters@2025-03-01", "managedClusters@2023-03-01", ": no model of it is known"],
      ["  location: location\n  sku", "  sku", " lacks location"],
    ] as const;
    const resources = mistakes.flatMap(([right, wrong]) => {
      expect(text).toContain(right);
      return resourcesOf(wrong, parse(text.replace(right, wrong)));
    });
    expect(refusals(resources).map((refusal) => refusal.replace(/^.*\(\S+\)/, ""))).toEqual(
      mistakes.map(([, , fault]) => fault),
    );
  });
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

describe("the templates and the overlay of Kubernetes", () => {
  const main = textOf("main.bicep");
  const name = /^param name = '(\w+)'$/m.exec(textOf("main.bicepparam"))?.[1] ?? "";

  test("have the same settings, all that the broker must be given", () => {
    const lines = [...main.matchAll(/^ {2}'([A-Z_]+)=/gm)].map(([, setting]) => setting);
    const required = Object.entries(SETTINGS)
      .filter(([, setting]) => !("default" in setting) && !("optional" in setting))
      .map(([setting]) => setting)
      // The deployment and the image set them.
      .filter((setting) => !/^BROKER_(?:DATA_DIR|TLS_)/.test(setting));
    expect(lines).toEqual(expect.arrayContaining(required));
    expect(overlay("broker.env").match(/^[A-Z_]+(?==)/gm)).toEqual(lines);
  });

  test("have one address of the entry, one share of the record, one subnet of the database and one service account", () => {
    expect(overlay("entry.yaml")).toContain(
      `azure-load-balancer-resource-group: ${name}-service\n`,
    );
    expect(overlay("entry.yaml")).toContain(`azure-pip-name: ${name}-entry\n`);
    const network = textOf("modules/network.bicep");
    expect(network).toContain("resource entry 'Microsoft.Network/publicIPAddresses@");
    expect(network).toContain("name: '${name}-entry'");
    const record = textOf("modules/record.bicep");
    for (const [member, ofBicep] of [
      ["resourceGroup: contosodbx-service", "scope: serviceGroup"],
      ["storageAccount: record0000000000000", "name: 'record${uniqueString(resourceGroup().id)}'"],
      ["shareName: restore-record", "name: 'restore-record'"],
      ["protocol: nfs", "enabledProtocols: 'NFS'"],
    ] as const) {
      expect(overlay("record.yaml")).toContain(`${member}\n`);
      expect(main + record).toContain(`${ofBicep}\n`);
    }
    const [, subnet = ""] = /name: 'database'[^']+addressPrefix: '([^']+)'/.exec(network) ?? [];
    expect(overlay("private-endpoints.yaml")).toContain(`cidr: ${subnet}\n`);
    const [, namespace = ""] = /^namespace: (.+)$/m.exec(overlay("kustomization.yaml")) ?? [];
    const [, account = ""] = /^ {2}name: (.+)$/m.exec(base("service-account.yaml")) ?? [];
    const cluster = textOf("modules/cluster.bicep");
    expect(cluster).toContain(`subject: 'system:serviceaccount:${namespace}:${account}'`);
    const [, audience = ""] = /audience: (.+)$/m.exec(overlay("identity.yaml")) ?? [];
    expect(cluster).toContain(`AzureCloud: '${audience}'\n`);
    expect(cluster).toContain(`namespaces: ['${namespace}']`);
  });
});

test("the identity trusts the audience of each cloud", () => {
  const audiences = textOf("modules/cluster.bicep").match(/'api:\/\/\w+'/g) ?? [];
  const known = read("../../packages/errors/src/clouds.ts").match(/"api:\/\/\w+"/g) ?? [];
  expect(audiences.map((each) => each.replaceAll("'", '"')).toSorted()).toEqual(known.toSorted());
});

test("the vault's name fits, with the longest name of an installation", () => {
  const [, longest] = /^@maxLength\((\d+)\)\nparam name /m.exec(textOf("main.bicep")) ?? [];
  // uniqueString makes 13 characters, and the name of a vault has 24 at most.
  expect(Number(longest) + "-".length + 13).toBe(24);
});

test("Azure replaces machines and upgrades the cluster in one night of the week only", () => {
  const cluster = textOf("modules/cluster.bicep");
  const [, schedules] = /for schedule in \[([^\]]+)\]: \{\n {4}parent: cluster/.exec(cluster) ?? [];
  expect(schedules).toBe("'aksManagedAutoUpgradeSchedule', 'aksManagedNodeOSUpgradeSchedule'");
  const [, day, hours, start] =
    /dayOfWeek: '(\w+)'\n[^']*durationHours: (\d+)\n +startTime: '(\d+):00'/.exec(cluster) ?? [];
  const end = String(Number(start) + Number(hours)).padStart(2, "0");
  expect(read("../../docs/operate/deploy-azure.md")).toContain(
    `on ${String(day)}s from ${String(start)}:00 to ${end}:00 UTC only`,
  );
});

test("things that cannot be made again are locked against deletion", () => {
  const locked = files.flatMap((name) =>
    [
      ...textOf(name).matchAll(
        /locks@[\d-]+' = \{\n {2}scope: (\w+)\n {2}name: 'keep'\n {2}properties: \{\n {4}level: 'CanNotDelete'/g,
      ),
    ].map(([, scope]) => `${name}: ${String(scope)}`),
  );
  expect(locked.toSorted()).toEqual([
    "modules/database.bicep: server",
    "modules/network.bicep: egress",
    "modules/network.bicep: entry",
    "modules/record.bicep: account",
    "modules/vault.bicep: identity",
    "modules/vault.bicep: vault",
  ]);
});

test("rights are given on the service's group, its vault and cluster, the identities' group and the image's registry only", () => {
  const assignments = files.filter((name) => textOf(name).includes("roleAssignments@"));
  expect(assignments.toSorted()).toEqual([
    "modules/cluster.bicep",
    "modules/identity-rights.bicep",
    "modules/registry-rights.bicep",
    "modules/vault.bicep",
  ]);
});
