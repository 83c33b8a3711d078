import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

import { type AzureEmulator, createAzureEmulator } from "../src/index.ts";

const run = promisify(execFile);
const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const APP = new URL("..", import.meta.url).pathname;
const CA_FILE = ".local/azure-emulator/ca.pem";

let emulator: AzureEmulator;
let folder: string;

beforeAll(async () => {
  emulator = await createAzureEmulator({ port: 0, imdsPort: 0, dnsPort: 0 });
  folder = mkdtempSync(join(tmpdir(), "azure-emulator-readme-"));
  mkdirSync(join(folder, ".local/azure-emulator"), { recursive: true });
  writeFileSync(join(folder, CA_FILE), emulator.caPem);
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

/** The README's blocks of one language, for this emulator's port. */
const blocks = (language: string): string[] =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gsu"))].map(([, text = ""]) =>
    text.replaceAll("8443", new URL(emulator.armUrl).port),
  );

test("the README's examples for curl and JavaScript work as they stand, one after the other", async () => {
  const shell = blocks("sh").filter((block) => block.includes("json "));
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", shell.join("\n")], {
    cwd: folder,
  });
  const keyUrl = `https://contoso.${emulator.vaultSuffix}/keys/kek`;
  expect(stdout).toContain(`{"value":[{"kid":"${keyUrl}"`);
  const [script = ""] = blocks("ts").map((block) =>
    block.replaceAll(CA_FILE, join(folder, CA_FILE)),
  );
  const javaScript = await run(process.execPath, ["--input-type=module", "-e", script], {
    cwd: APP,
  });
  expect(javaScript.stdout.split("\n")).toEqual([
    expect.stringMatching(new RegExp(`^${keyUrl}/[0-9a-f]{32}$`, "u")),
    `https://contoso.${emulator.vaultSuffix}/`,
    "",
  ]);
});
