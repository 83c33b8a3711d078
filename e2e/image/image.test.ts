import { execFileSync, spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { createOrder } from "@databox-cmk/local-stack";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectedProof, isContinuousIntegration } from "../harness/cryptsetup.ts";
import { prepareNode, unlockNode } from "../harness/nodes.ts";
import { openWorld, type World } from "../harness/open-world.ts";
import { type MadeImage, makeImage, settings, SOURCE, unpackImage } from "./made-image.ts";
import { type ImageMounts, NONROOT, runInImage } from "./run-in-image.ts";

const hasPrograms = ["bwrap", "cosign", "strip"].every((name) => existsSync(`/usr/bin/${name}`));
const BROKER_IN_IMAGE = fileURLToPath(new URL("broker-in-image.ts", import.meta.url));
const PAGE = readFileSync(new URL("../../docs/operate/image.md", import.meta.url), "utf8");
const NAME = "databox-broker";
const NODE = "/nodejs/bin/node";

/** In CI a machine without these programs is a fault; elsewhere the tests are skipped then. */
describe.skipIf(!hasPrograms && !isContinuousIntegration)("the image", () => {
  let opened: AsyncDisposableStack;
  let folder: string;
  let image: MadeImage;
  let mounts: ImageMounts;

  beforeAll(() => {
    opened = new AsyncDisposableStack();
    folder = opened.use(openTemporaryFolder()).path;
    chmodSync(folder, 0o755);
    mounts = { root: join(folder, "root"), data: join(folder, "data"), tls: join(folder, "tls") };
    for (const path of [mounts.data, mounts.tls]) mkdirSync(path);
    if (process.getuid?.() === 0) chownSync(mounts.data, NONROOT, NONROOT);
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const [key, pub] = [join(folder, "image.key"), join(folder, "image.pub")];
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    writeFileSync(pub, publicKey.export({ type: "spki", format: "pem" }));
    const digest = makeImage(join(folder, NAME), ["--key", key], {
      umask: "022",
      environment: { TZ: "UTC", LC_ALL: "C" },
    });
    image = unpackImage(join(folder, NAME), mounts.root);
    expect(image.digest).toBe(digest);
  });
  afterAll(() => opened.disposeAsync());

  // Evidence: The supply chain.
  test("has the same digest when it is made again, in another time zone and with another umask", () => {
    const again = makeImage(join(folder, "again"), [], {
      umask: "077",
      environment: { TZ: "Pacific/Auckland", LC_ALL: "C.UTF-8" },
    });
    expect(again).toBe(image.digest);
  });

  test("has no file that names the folder of its sources, which differs by machine", () => {
    const sources = fileURLToPath(new URL("../../", import.meta.url));
    const app = join(mounts.root, "app");
    const files = readdirSync(app, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    expect(files.length).toBeGreaterThan(50);
    const named = files.filter((file) => readFileSync(file).includes(`${basename(sources)}/apps/`));
    expect(named).toEqual([]);
  });

  test("has only files of root that only root may write, and /data of its user", () => {
    const rows = image.entries.map((line) => line.split(/\s+/));
    const named = (path: string) =>
      rows.filter((row) => row.at(5) === path).map(([mode, owner]) => ({ mode, owner }));
    expect(named("data/")).toEqual([{ mode: "drwx------", owner: "65532/65532" }]);
    expect(named("tmp/")).toEqual([{ mode: "drwxrwxrwt", owner: "0/0" }]);
    const others = rows.filter(([, , , , , path]) => path !== "data/" && path !== "tmp/");
    expect(others.length).toBeGreaterThan(50);
    expect(
      others.filter(
        ([mode = "", owner]) => owner !== "0/0" || !/^[dl-]rw.r-[x-]r-[x-]$/.test(mode),
      ),
    ).toEqual([]);
  });

  test("says which version of which sources it is, and runs as nobody", () => {
    const git = { cwd: import.meta.dirname, encoding: "utf8" } as const;
    const commit = execFileSync("git", ["rev-parse", "HEAD"], git).trim();
    const { User, Labels, Volumes, Entrypoint } = image.settings;
    const { stdout } = runInImage(mounts, [...Entrypoint, "--version"], {});
    expect({ User, Volumes, Labels }).toMatchObject({
      User: "65532:65532",
      Volumes: { "/data": {} },
      Labels: {
        "org.opencontainers.image.version": stdout.split(/[/ ]/)[1],
        "org.opencontainers.image.revision": expect.stringMatching(
          new RegExp(`^${commit}(?:-dirty)?$`),
        ) as string,
        "org.opencontainers.image.source": SOURCE,
        "org.opencontainers.image.licenses": "MIT",
      },
    });
  });

  test("has the health check that the page gives to Podman", () => {
    const [, command = ""] = /--health-cmd '([^']+)'/.exec(PAGE) ?? [];
    const { Healthcheck } = settings.parse(image.settings);
    expect(Healthcheck.Test).toEqual(["CMD", ...(JSON.parse(command) as string[])]);
  });

  test.each([
    ["its own program", "/app/broker.mjs"],
    ["its folder", "/app/new"],
    ["the root", "/new"],
    ["its secrets", "/tls/key.pem"],
  ])("cannot write to %s", (_what, path) => {
    const attempt = `require("node:fs").writeFileSync(${JSON.stringify(path)}, "x")`;
    const { status, stderr } = runInImage(mounts, [NODE, "-e", attempt], {});
    expect(status).toBe(1);
    expect(stderr).toMatch(/EROFS|EACCES/);
  });

  test("has the man page and the completion of its program", () => {
    const found = ["man/man8/broker.8", "bash-completion/completions/broker"].filter((path) =>
      existsSync(join(mounts.root, "usr", "share", path)),
    );
    expect(found).toHaveLength(2);
  });

  test("has no shell, no package manager and no rights", () => {
    expect(readdirSync(mounts.root).toSorted()).not.toContain("bin");
    expect(existsSync(join(mounts.root, "usr", "bin"))).toBe(false);
    const look = `process.stdout.write(require("node:fs").readFileSync("/proc/self/status", "utf8"))`;
    const { stdout } = runInImage(mounts, [NODE, "-e", look], {});
    expect(stdout).toMatch(/^Uid:\s+65532\s+65532\s+65532\s+65532$/m);
    expect(stdout).toMatch(/^CapEff:\s+0+$/m);
    expect(stdout).toMatch(/^NoNewPrivs:\s+1$/m);
  });

  // Evidence: The supply chain.
  test("lists each part of it, and has the text of each licence", () => {
    const sbom = JSON.parse(readFileSync(join(mounts.root, "app", "sbom.cdx.json"), "utf8")) as {
      bomFormat: string;
      metadata: { component: object };
      components: { name: string; group?: string; version: string; licenses?: unknown[] }[];
    };
    expect(sbom.bomFormat).toBe("CycloneDX");
    expect(sbom.metadata.component).toMatchObject({
      name: NAME,
      version: image.settings.Labels["org.opencontainers.image.version"],
    });
    expect(sbom.components.filter(({ licenses }) => (licenses ?? []).length === 0)).toEqual([]);
    const names = sbom.components.map(({ group, name, version }) =>
      [group === undefined ? name : `${group}/${name}`, version].join(" "),
    );
    const packages = names.map((each) => each.split(" ")[0]);
    for (const name of [
      "better-sqlite3",
      "express",
      "@azure/keyvault-keys",
      "react",
      "node",
      "sqlite",
    ])
      expect(packages).toContain(name);
    const libraries = readdirSync(join(mounts.root, "var", "lib", "dpkg", "status.d"));
    expect(libraries).toContain("libc6");
    for (const name of libraries) expect(packages).toContain(name);
    const licences = readFileSync(join(mounts.root, "app", "LICENCES.txt"), "utf8");
    const withText = new Set(
      [...licences.matchAll(/^==== (.*)\n\n\S/gm)].flatMap(([, row = ""]) => row.split(", ")),
    );
    const without = names.filter((each) => !withText.has(each));
    expect(without.filter((each) => !each.startsWith("@databox-cmk/"))).toEqual([]);
    expect(licences).toMatch(/OpenSSL/);
  });

  describe("verified by the commands of its page", () => {
    const [, commands = ""] = /^## Verify an image[^]*?```\n([^]*?)```/m.exec(PAGE) ?? [];
    const verify = (cwd: string) =>
      spawnSync("sh", ["-euc", commands], {
        cwd,
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
        env: { PATH: process.env["PATH"], HOME: cwd },
      });

    test("shows who signed it, how it was made and what is in it", () => {
      const { status, stdout, stderr } = verify(folder);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      expect(stdout).toContain(image.digest);
      const statements = stdout
        .split("\n")
        .filter((line) => line.startsWith('{"payloadType"'))
        .map((line) => JSON.parse(line) as { payload: string })
        .map(({ payload }) => JSON.parse(Buffer.from(payload, "base64").toString()) as unknown);
      const subject = [{ name: NAME, digest: { sha256: image.digest.replace("sha256:", "") } }];
      const revision = image.settings.Labels["org.opencontainers.image.revision"];
      expect(statements).toMatchObject([
        {
          predicateType: "https://slsa.dev/provenance/v1",
          subject,
          predicate: {
            buildDefinition: { externalParameters: { source: SOURCE, revision } },
          },
        },
        {
          predicateType: "https://cyclonedx.org/bom",
          subject,
          predicate: JSON.parse(
            readFileSync(join(mounts.root, "app", "sbom.cdx.json"), "utf8"),
          ) as object,
        },
      ]);
    });

    // Evidence: The supply chain.
    test("is refused with another key", () => {
      const copy = copyOf(folder, "other-key");
      const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      writeFileSync(join(copy, "image.pub"), publicKey.export({ type: "spki", format: "pem" }));
      expect(verify(copy)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("no matching signatures") as string,
      });
    });

    // Evidence: The supply chain.
    test("is refused when the signature is for another image", () => {
      const copy = copyOf(folder, "other-image");
      putOther(join(copy, NAME), image.digest);
      expect(verify(copy)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("no matching signatures") as string,
      });
    });
  });

  describe("as a broker", () => {
    let world: World;
    beforeAll(async () => {
      world = opened.use(
        await openWorld(() => ({
          brokerMain: BROKER_IN_IMAGE,
          brokerEnvironment: {
            IMAGE_ROOT: mounts.root,
            IMAGE_DATA: mounts.data,
            IMAGE_TLS: mounts.tls,
            IMAGE_SETTINGS: JSON.stringify(image.settings),
          },
        })),
      );
    });

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
  });
});

/** The public key and the image, as a reader gets them. */
function copyOf(folder: string, name: string): string {
  const copy = join(folder, name);
  mkdirSync(copy);
  cpSync(join(folder, "image.pub"), join(copy, "image.pub"));
  cpSync(join(folder, NAME), join(copy, NAME), { recursive: true });
  return copy;
}

/** Leaves the signature, and puts an image of another digest beside it. */
function putOther(layout: string, digest: string): void {
  const path = join(layout, "index.json");
  const blob = (of: string) => join(layout, "blobs", ...of.split(":"));
  const changed = `${readFileSync(blob(digest), "utf8")}\n`;
  const other = `sha256:${createHash("sha256").update(changed).digest("hex")}`;
  writeFileSync(blob(other), changed);
  const index = JSON.parse(readFileSync(path, "utf8")) as {
    manifests: [{ digest: string; size: number }];
  };
  Object.assign(index.manifests[0], { digest: other, size: changed.length });
  writeFileSync(path, JSON.stringify(index));
}
