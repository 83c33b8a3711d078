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

/** Of a broker without appliances, whose database is made at the first look. */
const SETTINGS = {
  BROKER_TLS_CERTIFICATE_FILE: "not-read",
  BROKER_TLS_KEY_FILE: "not-read",
  TENANT_ID: "00000000-0000-4000-8000-00000000000a",
  SERVICE_KEY_URL: "https://service.vault.localhost:8443/keys/service",
  IDENTITY_RESOURCE_GROUP:
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/broker",
};

test("the broker's own keys are rotated from their secret, by the commands as printed", () => {
  const page = readFileSync(join(ROOT, "docs/operate/deploy-kubernetes.md"), "utf8");
  const [, commands = ""] =
    /^<!-- run by e2e\/documented-commands\/own-keys.test.ts -->\n+```\n([^]*?)^```$/m.exec(page) ??
    [];
  expect(commands).toContain("broker keys rotate signing\n");

  using folder = openTemporaryFolder();
  const bin = join(folder.path, "bin");
  mkdirSync(bin);
  const place = (name: string, text: string) => {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  };
  place("kubectl", KUBECTL);
  place("node", `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  place("broker", `#!/bin/sh\nexec '${process.execPath}' '${BROKER}' "$@"\n`);
  const env = {
    ...SETTINGS,
    BROKER_DATA_DIR: join(folder.path, "data"),
    PATH: `${bin}:/usr/bin:/bin`,
  };
  const run = (program: string, ...parameters: readonly string[]) =>
    execFileSync(program, parameters, { cwd: folder.path, env, encoding: "utf8" });
  const secret = (): Record<string, string> =>
    (JSON.parse(readFileSync(join(folder.path, "secret.json"), "utf8")) as never)["data"];

  run(join(bin, "broker"), "keys", "create", "made");
  const made = readdirSync(join(folder.path, "made"));
  const data = made.map((name) => [name, readFileSync(join(folder.path, "made", name), "base64")]);
  writeFileSync(
    join(folder.path, "secret.json"),
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
  expect(readdirSync(join(folder.path, "keys"))).toEqual([]);
  expect(readFileSync(join(folder.path, "kubectl.log"), "utf8")).toMatch(/rollout restart .*\n$/);
});
