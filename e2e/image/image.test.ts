import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createOrder } from "@databox-cmk/local-stack";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectedProof, isContinuousIntegration } from "../harness/cryptsetup.ts";
import { prepareNode, unlockNode } from "../harness/nodes.ts";
import { openWorld, type World } from "../harness/open-world.ts";
import { assembleImage } from "./assemble-image.ts";
import { type ImageMounts, NONROOT, runInImage } from "./run-in-image.ts";

const hasBubblewrap = existsSync("/usr/bin/bwrap");
const BROKER_IN_IMAGE = fileURLToPath(new URL("broker-in-image.ts", import.meta.url));

/**
 * In CI a machine without bubblewrap is a fault; elsewhere these tests are skipped for want of it.
 */
describe.skipIf(!hasBubblewrap && !isContinuousIntegration)("the image, by its own steps", () => {
  let opened: AsyncDisposableStack;
  let world: World;
  let mounts: ImageMounts;

  beforeAll(async () => {
    opened = new AsyncDisposableStack();
    const { path } = opened.use(openTemporaryFolder());
    chmodSync(path, 0o755);
    mounts = { root: join(path, "root"), data: join(path, "data"), tls: join(path, "tls") };
    for (const folder of Object.values(mounts)) mkdirSync(folder);
    if (process.getuid?.() === 0) chownSync(mounts.data, NONROOT, NONROOT);
    assembleImage(mounts.root);
    world = opened.use(
      await openWorld(() => ({
        brokerMain: BROKER_IN_IMAGE,
        brokerEnvironment: {
          IMAGE_ROOT: mounts.root,
          IMAGE_DATA: mounts.data,
          IMAGE_TLS: mounts.tls,
        },
      })),
    );
  });
  afterAll(() => opened.disposeAsync());

  test("serves a real unlock", async () => {
    const order = await createOrder(world.customerContext, "image");
    const appliance = world.createAppliance("DataBox", ["DBX-IMAGE"]);
    const [node] = appliance.nodes;
    if (node === undefined) throw new Error("no node");
    appliance.powerOn();
    const [code] = await world.operator.prepare(order.id, ["DBX-IMAGE"]);
    await prepareNode(world, node, order.id, code?.enrolmentCode ?? "");
    await world.operator.advance(order.id, "dispatch");
    await world.operator.advance(order.id, "deliver");
    await expect(unlockNode(node)).resolves.toMatchObject({
      outcome: "unlocked",
      proof: expectedProof,
    });
    await appliance.powerOff();
  });

  test.each([
    ["its own program", "/app/broker.mjs"],
    ["its folder", "/app/new"],
    ["the root", "/new"],
    ["its secrets", "/tls/key.pem"],
  ])("cannot write to %s", (_what, path) => {
    const attempt = `require("node:fs").writeFileSync(${JSON.stringify(path)}, "x")`;
    const { status, stderr } = runInImage(mounts, ["-e", attempt], {});
    expect(status).toBe(1);
    expect(stderr).toMatch(/EROFS|EACCES/);
  });

  test("has no shell, no package manager and no rights", () => {
    expect(readdirSync(mounts.root).toSorted()).not.toContain("bin");
    expect(existsSync(join(mounts.root, "usr", "bin"))).toBe(false);
    const look = `process.stdout.write(require("node:fs").readFileSync("/proc/self/status", "utf8"))`;
    const { stdout } = runInImage(mounts, ["-e", look], {});
    expect(stdout).toMatch(/^Uid:\s+65532\s+65532\s+65532\s+65532$/m);
    expect(stdout).toMatch(/^CapEff:\s+0+$/m);
    expect(stdout).toMatch(/^NoNewPrivs:\s+1$/m);
  });

  test("lists what is in it, each part with a licence", () => {
    const sbom = JSON.parse(readFileSync(join(mounts.root, "app", "sbom.cdx.json"), "utf8")) as {
      bomFormat: string;
      components: { name: string; group?: string; version: string; licenses?: unknown[] }[];
    };
    expect(sbom.bomFormat).toBe("CycloneDX");
    expect(sbom.components.filter(({ licenses }) => (licenses ?? []).length === 0)).toEqual([]);
    const names = sbom.components.map(({ group, name }) =>
      group === undefined ? name : `${group}/${name}`,
    );
    expect(names).toEqual(
      expect.arrayContaining(["better-sqlite3", "express", "@azure/keyvault-keys"]),
    );
    const licences = readFileSync(join(mounts.root, "app", "LICENCES.txt"), "utf8");
    for (const name of names.filter((each) => !each.startsWith("@databox-cmk/")))
      expect(licences).toContain(name);
  });
});
