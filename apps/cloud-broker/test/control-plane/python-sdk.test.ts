// @module-tag one-engine

import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { openTemporaryFolder, requireTool } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { CUSTOMER_KEY } from "../world/customer-vault.ts";
import { GROUP, STORAGE_ACCOUNT, SUBSCRIPTION } from "../world/jobs.ts";
import { openBroker } from "../world/open-broker.ts";

const SCRIPT = fileURLToPath(new URL("python-sdk.py", import.meta.url));
// Debian's own interpreter: it is the one that sees the package python3-azure.
const PYTHON = "/usr/bin/python3";
const hasSdk = requireTool(
  "python3-azure",
  spawnSync(PYTHON, ["-c", "import azure.mgmt.databox"]).status === 0,
);

test.skipIf(!hasSdk)(
  "the unmodified Python SDK sees what the JavaScript one sees, and waits a second for each change",
  async () => {
    // The local stack sends the same (e2e/story.test.ts).
    await using world = await openBroker({ settings: { LRO_RETRY_AFTER_SECONDS: "1" } });
    using folder = openTemporaryFolder();
    const ca = join(folder.path, "ca.pem");
    writeFileSync(ca, world.caPem);
    const token = await world.token({ roles: ["Contributor"] });
    const input = {
      url: world.url(),
      token,
      ca,
      subscription: SUBSCRIPTION,
      group: GROUP,
      key: CUSTOMER_KEY,
      storage: STORAGE_ACCOUNT,
    };
    expect(await run(JSON.stringify(input))).toEqual({
      create: "DeviceOrdered",
      again: { status: 409, code: "ResourceAlreadyExists" },
      stages: 8,
      list: ["python1"],
      "early key": { status: 400, code: "SsemUserErrorSystemAssignedIdentityAbsent" },
      identity: "SystemAssigned",
      key: "SystemAssigned",
      credentials: { status: 400, code: "SsemUserErrorSecretsNotGenerated" },
      ended: { status: 404, code: "SsemUserErrorEntityNotFound" },
      // Creation, identity, key and deletion: each poller waits once.
      waits: [1, 1, 1, 1],
    });
  },
);

async function run(input: string): Promise<unknown> {
  const child = spawn(PYTHON, [SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(input);
  let output = "";
  for await (const chunk of child.stdout) output += String(chunk);
  return JSON.parse(output);
}
