// @module-tag one-engine

import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { COMPILED_ONCE, createLocalhostTls } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import { jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const ORDER = jobPath("order-1").toLowerCase();
let world: BrokerWorld;
let folder: string;
beforeAll(async () => {
  world = await openBroker();
  await world.prepared("order-1");
  folder = await mkdtemp(join(tmpdir(), "campaign-command-"));
  writeFileSync(join(folder, "ca.pem"), world.caPem);
  // A token of the world's own clock; the broker judges it by the same.
  writeFileSync(join(folder, "token"), await world.token({ roles: ["DataBox.Operator"] }));
  writeFileSync(join(folder, "orders"), `${ORDER}\n${ORDER.replace("order-1", "gone-order")}\n\n`);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function campaign(...parameters: readonly string[]) {
  const { promise, resolve } = Promise.withResolvers<{
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }>();
  const broker = parameters.includes("--broker") ? [] : ["--broker", world.url()];
  const authority = parameters.includes("--ca-file") ? [] : ["--ca-file", "ca.pem"];
  const options = [...authority, "--token-file", "token"];
  execFile(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      MAIN,
      "campaign",
      ...parameters,
      ...broker,
      ...options,
    ],
    { cwd: folder, env: COMPILED_ONCE },
    (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    },
  );
  return promise;
}

// Evidence: Campaign progress.
test("a campaign is started, followed and explained at the command line", async () => {
  const started = await campaign(
    "start",
    "--orders-file",
    "orders",
    "--description",
    "after the audit",
  );
  expect(started).toMatchObject({ code: 0, stderr: "" });
  expect(started.stdout).toContain("Running [........................] 0/2 0%");
  const [id = ""] = started.stdout.split(" ");

  const following = campaign("show", id, "--wait", "--orders", "failed");
  await world.broker().runCampaigns();
  const followed = await following;
  expect(followed.code).toBe(3);
  expect(followed.stdout).toContain("Done [########################] 2/2 100% · 1 failed");
  expect(followed.stdout).toContain("1 × ResourceNotFound");
  expect(followed.stdout).toContain("gone-order");

  const listed = await campaign("list", "--json");
  const lines = listed.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string });
  expect(lines.map((line) => line.id)).toEqual([id]);
});

test("a refusal of the broker is one line", async () => {
  const refused = await campaign("start", "--with-key", "https://evil.example/keys/k");
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("(SsemUserErrorKeyVaultUrlInvalidHost)");
  const ended = await campaign("pause", "00000000-0000-4000-8000-000000000000");
  expect(ended.stderr).toContain("no campaign has this id");
});

test("a broker that is not there is unreachable, and no token is on the command line", async () => {
  const { code, stderr } = await campaign("list", "--broker", "https://broker.localhost:1");
  expect([code, stderr]).toEqual([1, expect.stringContaining("(BrokerUnreachable)")]);
});

test("a broker whose answer breaks off is unreachable, too", async () => {
  const { authority, server: tls } = createLocalhostTls();
  writeFileSync(join(folder, "other-ca.pem"), authority.certificatePem);
  const server = createServer({ cert: tls.certificate, key: tls.privateKey }, (request, answer) => {
    answer.writeHead(200, { "content-length": 1000 });
    answer.write("{", () => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const broker = `https://broker.localhost:${String(port)}`;
  const { code, stderr } = await campaign("list", "--broker", broker, "--ca-file", "other-ca.pem");
  server.close();
  expect([code, stderr]).toEqual([
    1,
    `broker: ${broker} cannot be reached (ECONNRESET) (BrokerUnreachable)\n`,
  ]);
});
