import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createAzureEmulator } from "@databox-cmk/azure-emulator";
import { ERROR_CODES, ERRORS, type ErrorRow } from "@databox-cmk/errors";
import { createTransport } from "@databox-cmk/local-stack";
import { COMPILED_ONCE, openTemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createJsonClient } from "./world/json-client.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = "npm run emulator -- ";
const CA = "--ca .local/tls/ca.pem";
const COMMANDS = emulatorCommands();

let opened: AsyncDisposableStack;
let target: readonly string[];
let readFaults: () => Promise<unknown>;
beforeAll(async () => {
  opened = new AsyncDisposableStack();
  const { path } = opened.use(openTemporaryFolder());
  const cloud = await createAzureEmulator({ port: 0, imdsPort: 0, dnsPort: 0 });
  opened.defer(() => cloud.close());
  const transport = opened.use(createTransport(cloud.caPem));
  const send = createJsonClient(transport.agent);
  const caFile = join(path, "ca.pem");
  await writeFile(caFile, cloud.caPem);
  target = ["--ca", caFile, "--control-url", cloud.controlUrl];
  readFaults = async () => (await send("GET", `${cloud.controlUrl}/faults`)).body;
});
afterAll(() => opened.disposeAsync());

test("the documentation says how to cause each outage", () => {
  expect(COMMANDS.length).toBeGreaterThan(8);
  for (const command of COMMANDS) expect(command).toMatch(/^npm run emulator -- /);
});

test.each(COMMANDS.filter((command) => command.includes(" fault add ")))(
  "%s makes a fault, and fault clear takes it away",
  async (command) => {
    const made = await emulator(parametersOf(command));
    expect(made).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(made.stdout)).toMatchObject({ id: expect.any(String) });
    expect(await readFaults()).toMatchObject({ value: [JSON.parse(made.stdout)] });
    expect(await emulator(["fault", "clear", ...target])).toMatchObject({ exitCode: 0 });
    expect(await readFaults()).toEqual({ value: [] });
  },
);

test.each(COMMANDS.filter((command) => command.includes(" clock ")))(
  "%s moves the clock, and clock reset takes it back",
  async (command) => {
    const moved = await emulator(parametersOf(command));
    expect(moved).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(moved.stdout)).toMatchObject({ offsetSeconds: expect.any(Number) });
    expect(await emulator(["clock", "reset", ...target])).toMatchObject({ exitCode: 0 });
  },
);

/** The command as a person of this test's stack would type it. */
function parametersOf(command: string): readonly string[] {
  return command
    .slice(PROGRAM.length)
    .replace(CA, target.join(" "))
    .replaceAll("{vaultName}", "kv")
    .split(" ");
}

function emulatorCommands(): readonly string[] {
  const commands = ERROR_CODES.flatMap((code) => {
    const { reproduce, reasons }: ErrorRow = ERRORS[code];
    return [reproduce, ...Object.values(reasons ?? {}).map((reason) => reason.reproduce)];
  });
  return [...new Set(commands)].filter(
    (command): command is string => command?.includes(PROGRAM) === true,
  );
}

function emulator(
  parameters: readonly string[],
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["apps/azure-emulator/src/main.ts", ...parameters],
      { cwd: ROOT, env: { ...process.env, ...COMPILED_ONCE } },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ exitCode, stdout, stderr });
      },
    );
  });
}
