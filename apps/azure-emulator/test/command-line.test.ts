import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";

const MAIN = new URL("../src/main.ts", import.meta.url);
const ready = z.object({
  type: z.literal("ready"),
  controlUrl: z.string(),
  armUrl: z.string(),
  tenantId: z.string(),
  caFile: z.string(),
  dns: z.object({ port: z.number() }),
});
type Run = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

let folder: string;
let server: ChildProcess;
let facts: z.infer<typeof ready>;
let target: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "azure-emulator-cli-"));
  const caFile = join(folder, "local", "ca.pem");
  server = fork(
    MAIN,
    ["serve", "--port", "0", "--imds-port", "0", "--dns-port", "0", "--ca", caFile],
    { stdio: ["ignore", "pipe", "inherit", "ipc"] },
  );
  const [message] = await once(server, "message");
  facts = ready.parse(message);
  target = ["--control-url", facts.controlUrl, "--ca", caFile];
});
afterAll(async () => {
  if (server.exitCode === null) {
    const exited = once(server, "exit");
    server.kill("SIGKILL");
    await exited;
  }
  rmSync(folder, { recursive: true });
});

async function run(...commandLine: string[]): Promise<Run> {
  const child = fork(MAIN, commandLine, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => (output.stdout += chunk.toString("utf8")));
  child.stderr?.on("data", (chunk: Buffer) => (output.stderr += chunk.toString("utf8")));
  const [exitCode] = await once(child, "close");
  return { exitCode: z.number().nullable().parse(exitCode), ...output };
}

test("serve makes its authority, with the key readable by the owner only", () => {
  expect(existsSync(facts.caFile)).toBe(true);
  expect((statSync(`${facts.caFile}.key`).mode & 0o777).toString(8)).toBe("600");
});

test("fault adds, lists and clears", async () => {
  const added = await run(
    "fault",
    "add",
    "--vault",
    "contoso",
    "--operation",
    "unwrapkey",
    "--status",
    "429",
    "--count",
    "3",
    "--probability",
    "0.5",
    "--seed",
    "7",
    ...target,
  );
  expect(added).toMatchObject({ exitCode: 0, stderr: "" });
  const listed = JSON.parse((await run("fault", "list", ...target)).stdout) as { value: object[] };
  expect(listed.value).toMatchObject([
    {
      scope: { service: "key-vault", vault: "contoso", operation: "unwrapkey" },
      effect: { kind: "status", status: 429 },
      remaining: 3,
      probability: 0.5,
      seed: 7,
    },
  ]);
  await run("fault", "clear", ...target);
  expect(JSON.parse((await run("fault", "list", ...target)).stdout)).toEqual({ value: [] });
});

test("clock advances and shows", async () => {
  await run("clock", "advance", "P90D", ...target);
  const shown = JSON.parse((await run("clock", "show", ...target)).stdout) as {
    offsetSeconds: number;
  };
  expect(Math.round(shown.offsetSeconds / 86_400)).toBe(90);
});

test("a mistake is one line that says what is wrong", async () => {
  const { exitCode, stderr } = await run("fault", "add", "--status", "700", ...target);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^azure-emulator: effect\.status: .*\n$/u);
});

test("a seed that is refused ends the emulator, with one line", async () => {
  const seed = join(folder, "seed.json");
  writeFileSync(seed, '{"vaults":[]}');
  const ports = ["--port", "0", "--imds-port", "0", "--dns-port", "0"];
  const { exitCode, stderr } = await run("serve", ...ports, "--ca", facts.caFile, "--seed", seed);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^azure-emulator: --seed \S+: .*vaults.*\n$/u);
});

test("a wrong command line ends with 2 and suggests the near command", async () => {
  const { exitCode, stderr } = await run("fault", "lst");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("Did you mean list?");
});

test.each([
  { effects: [] },
  { effects: ["--reset", "--garbage"] },
  { effects: ["--latency", "slow"] },
])(
  "a fault without exactly one readable effect is a wrong command line: $effects",
  async ({ effects }) => {
    const { exitCode, stderr } = await run("fault", "add", ...effects, ...target);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: .*--latency.*\n$/u);
  },
);

test("a missing emulator is named, and how to start one", async () => {
  const { exitCode, stderr } = await run(
    "clock",
    "show",
    "--control-url",
    "https://control.localhost:1",
    "--ca",
    facts.caFile,
  );
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("start one with `azure-emulator serve`"),
  });
});

test("SIGTERM ends it cleanly", async () => {
  const exited = once(server, "exit");
  server.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
});

test("SIGTERM ends it cleanly in the moment in which it says that it is ready", async () => {
  const child = fork(
    MAIN,
    ["serve", "--port", "0", "--imds-port", "0", "--dns-port", "0", "--ca", facts.caFile],
    { stdio: ["ignore", "ignore", "inherit", "ipc"] },
  );
  const exited = once(child, "exit");
  await once(child, "message");
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
});
