import { execFile, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { arrangeWorld } from "@databox-cmk/azure-emulator";
import { createTransport } from "@databox-cmk/local-stack";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createJsonClient } from "./fault-matrix/world/json-client.ts";
import { isContinuousIntegration } from "./harness/cryptsetup.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { examplesOf, readSeed } from "./harness/readme-of-double.ts";

/**
 * Debian's place for the sources, which predates Go's modules, so the compiler runs without
 * modules.
 */
const GO_PATH = "/usr/share/gocode";
const environment = {
  PATH: process.env["PATH"],
  GO111MODULE: "off",
  GOPATH: GO_PATH,
  // Nothing of the SDK is in C, and the compiler's memory is short-lived.
  CGO_ENABLED: "0",
  GOGC: "400",
};
const hasSdk =
  spawnSync("go", ["list", "github.com/Azure/azure-sdk-for-go/version"], { env: environment })
    .status === 0;

describe.skipIf(!hasSdk && !isContinuousIntegration)(
  "the unmodified SDK for Go (skipped where Debian's package of it is not installed)",
  () => {
    let world: World;
    let program: string;

    beforeAll(async () => {
      world = await openWorld();
      // Debian's SDK is older than 2026-02-01, so this test keeps its versions beyond their
      // retirement.
      using transport = createTransport(world.stack.caPem);
      await createJsonClient(transport.agent)(
        "PATCH",
        `${world.stack.description.emulatorControlUrl}/settings`,
        { body: { unverified: { "retired-control-plane-versions": "accept" } } },
      );
      program = await build(world, "go-sdk", join(import.meta.dirname, "go-sdk/main.go"));
    });
    afterAll(() => world[Symbol.asyncDispose]());

    test("creates, uses and deletes a vault, its keys, an identity and an order", async () => {
      expect(await run(program, world)).toEqual({
        vault: true,
        "recovery level": "Recoverable",
        "unwraps what it wrapped": true,
        disabled: [403, "Forbidden", "KeyDisabled"],
        "keys, three a page": 4,
        purge: [403, "Forbidden", "PurgeProtectionEnabled"],
        "no such key": [404, "KeyNotFound"],
        order: "DeviceOrdered",
        key: "CustomerManaged",
        stages: 8,
        credentials: [400, "SsemUserErrorSecretsNotGenerated"],
        deleted: [404, "SsemUserErrorEntityNotFound"],
      });
    });

    test("runs the example of the test double's README as it stands", async () => {
      const {
        emulatorControlUrl: controlUrl,
        caFile,
        armUrl,
        vaultSuffix,
      } = world.stack.description;
      const seed = join(world.folder, "seed.json");
      writeFileSync(seed, JSON.stringify(readSeed()));
      await arrangeWorld({ controlUrl, caFile }, { seed });
      const [source = ""] = examplesOf("go", new URL(armUrl).port);
      const file = join(world.folder, "readme.go");
      writeFileSync(file, source);
      const made = await promisify(execFile)(await build(world, "readme", file), [], {
        env: { SSL_CERT_FILE: caFile },
      });
      expect(made.stdout).toMatch(
        new RegExp(`^https://contoso.${vaultSuffix}/keys/kek/[0-9a-f]{32}\n$`, "u"),
      );
    });
  },
);

/** @returns the program; what both programs need is compiled once. */
async function build({ folder }: World, name: string, source: string): Promise<string> {
  const program = join(folder, name);
  // Neither optimised nor with symbols: to compile the SDK takes far longer than to run it once.
  const quickly = ["-gcflags=all=-N -l", "-ldflags=-s -w"];
  await promisify(execFile)("go", ["build", ...quickly, "-o", program, source], {
    env: { ...environment, GOCACHE: join(folder, "go-cache") },
  });
  return program;
}

async function run(program: string, { stack }: World): Promise<unknown> {
  const child = spawn(program, {
    env: { SSL_CERT_FILE: stack.description.caFile },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(stack.description));
  let output = "";
  for await (const chunk of child.stdout) output += String(chunk);
  return JSON.parse(output);
}
