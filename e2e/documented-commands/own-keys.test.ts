import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openTemporaryFolder } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { BROKER } from "../harness/programs.ts";
import { ROOT } from "./clean-clone.ts";

/** Keeps a secret as kubectl prints it; `create` shows one made of a folder's files. */
const KUBECTL = `#!/usr/bin/env node
const { appendFileSync, readdirSync, readFileSync, writeFileSync } = require("node:fs");
const words = process.argv.slice(2).join(" ");
appendFileSync("kubectl.log", words + "\\n");
if (words.includes("get secret")) process.stdout.write(readFileSync("secret.json"));
else if (words.includes("create secret")) {
  const data = readdirSync("keys").map((name) => [name, readFileSync("keys/" + name, "base64")]);
  process.stdout.write(JSON.stringify({ data: Object.fromEntries(data) }));
} else if (words.includes("replace")) writeFileSync("secret.json", readFileSync(0));
`;

/** Keeps secrets with their tag as az does; `list` shows them as the query on the page asks. */
const AZ = `#!/usr/bin/env node
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { positionals, values } = require("node:util").parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(
    ["vault-name", "name", "file", "encoding", "tags", "query", "output"].map((name) => [name, { type: "string" }]),
  ),
});
const secrets = existsSync("vault.json") ? JSON.parse(readFileSync("vault.json")) : {};
const verb = positionals.at(-1);
if (values["vault-name"] !== "contoso" || !/^keyvault secret (set|list|download)$/.test(positionals.join(" "))) process.exit(2);
if (verb === "set") {
  if (!/^[0-9A-Za-z-]{1,127}$/.test(values.name) || values.encoding !== "base64") process.exit(2);
  secrets[values.name] = { file: values.tags.replace("file=", ""), value: readFileSync(values.file, "base64") };
  writeFileSync("vault.json", JSON.stringify(secrets));
} else if (verb === "list")
  for (const [name, { file }] of Object.entries(secrets)) console.log(name + "\\t" + file);
else writeFileSync(values.file, secrets[values.name].value, values.encoding);
`;

/** Of a broker without appliances, whose database is made at the first look. */
const SETTINGS = {
  BROKER_TLS_CERTIFICATE_FILE: "not-read",
  BROKER_TLS_KEY_FILE: "not-read",
  TENANT_ID: "00000000-0000-4000-8000-00000000000a",
  SERVICE_KEY_URL: "https://service.vault.localhost:8443/keys/service",
  IDENTITY_RESOURCE_GROUP:
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/broker",
};

/** The commands that a page marks as run by this test. */
function commandsOf(page: string): string {
  const text = readFileSync(join(ROOT, "docs/operate", page), "utf8");
  const [, indent = "", commands = ""] =
    /^( *)<!-- run by e2e\/documented-commands\/own-keys.test.ts -->\n+ *```\n([^]*?)^ *```$/m.exec(
      text,
    ) ?? [];
  return commands.replaceAll(new RegExp(`^${indent}`, "gm"), "");
}

/** A folder with the programs that the pages name. */
function openShell() {
  const folder = openTemporaryFolder();
  const bin = join(folder.path, "bin");
  mkdirSync(bin);
  const place = (name: string, text: string) => {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  };
  place("kubectl", KUBECTL);
  place("az", AZ);
  place("node", `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  place("broker", `#!/bin/sh\nexec '${process.execPath}' '${BROKER}' "$@"\n`);
  const env = {
    ...SETTINGS,
    VAULT: "contoso",
    BROKER_DATA_DIR: join(folder.path, "data"),
    PATH: `${bin}:/usr/bin:/bin`,
  };
  return {
    path: folder.path,
    run: (program: string, ...parameters: readonly string[]) =>
      execFileSync(program, parameters, { cwd: folder.path, env, encoding: "utf8" }),
    [Symbol.dispose]: () => {
      folder[Symbol.dispose]();
    },
  };
}

test("the broker's own keys are rotated from their secret, by the commands as printed", () => {
  const commands = commandsOf("deploy-kubernetes.md");
  expect(commands).toContain("broker keys rotate signing\n");

  using shell = openShell();
  const { run } = shell;
  const secret = (): Record<string, string> =>
    (JSON.parse(readFileSync(join(shell.path, "secret.json"), "utf8")) as never)["data"];

  run(join(shell.path, "bin/broker"), "keys", "create", "made");
  const made = readdirSync(join(shell.path, "made"));
  const data = made.map((name) => [name, readFileSync(join(shell.path, "made", name), "base64")]);
  writeFileSync(
    join(shell.path, "secret.json"),
    JSON.stringify({ data: Object.fromEntries(data) as object }),
  );
  const before = secret();
  run("/bin/sh", "-e", "-c", commands);
  const changed = Object.entries(secret()).filter(([name, value]) => before[name] !== value);
  expect(changed.map(([name]) => name)).toEqual(
    expect.arrayContaining(["broker-signing-key.pem", "broker-signing-key.next.pem"]),
  );
  expect(changed.every(([name]) => name.startsWith("broker-signing-key."))).toBe(true);
  expect(secret()["broker-signing-key.pem"]).toBe(before["broker-signing-key.next.pem"]);
  expect(Object.keys(secret())).toEqual(expect.arrayContaining(made));
  expect(readdirSync(join(shell.path, "keys"))).toEqual([]);
  expect(readFileSync(join(shell.path, "kubectl.log"), "utf8")).toMatch(/rollout restart .*\n$/);
});

test("the broker's own keys go into its vault, and from there into the cluster", () => {
  const commands = commandsOf("deploy-azure.md");
  expect(commands).toContain("\naz keyvault secret list ");
  using shell = openShell();
  // The stand-in for kubectl prints the secret that it makes of the folder.
  const printed = shell.run("/bin/sh", "-e", "-c", commands);
  const { data } = JSON.parse(printed.slice(printed.indexOf("{"))) as {
    data: Record<string, string>;
  };
  const vault = JSON.parse(readFileSync(join(shell.path, "vault.json"), "utf8")) as Record<
    string,
    { readonly file: string; readonly value: string }
  >;
  shell.run(join(shell.path, "bin/broker"), "keys", "create", "made");
  expect(Object.keys(data)).toEqual(readdirSync(join(shell.path, "made")));
  expect(data).toEqual(
    Object.fromEntries(Object.values(vault).map(({ file, value }) => [file, value])),
  );
  expect(readdirSync(join(shell.path, "keys"))).toEqual([]);
});
