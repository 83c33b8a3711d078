import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

import { createOrder } from "@databox-cmk/local-stack";
import { freePort, openTemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { isContinuousIntegration } from "../harness/cryptsetup.ts";
import { openWorld, type World } from "../harness/open-world.ts";
import { readPasskeys } from "../harness/passkeys.ts";
import { createDebianRoot, type DebianRoot, whyNoDebian } from "./debian-root.ts";

const MAKE_DEB = fileURLToPath(new URL("../../deploy/agent/make-deb.mjs", import.meta.url));
const INSTALL_TREE = fileURLToPath(new URL("../../deploy/agent/install-tree.mjs", import.meta.url));
/** The agent's bundle, which tests start meanwhile. */
const BUNDLE = fileURLToPath(new URL("../../apps/device-agent/dist", import.meta.url));
const SERIAL = "DBX-DEBIAN";
const ORDER = "debian";
const VOLUME = "/srv/volume.img";
const STATE = "/var/lib/databox-agent";
/** debootstrap fetches 60 MB and unpacks 200. */
const SETUP_MS = 600_000;

const isTool = (path: string): boolean => existsSync(path) || isContinuousIntegration;
const reason = isContinuousIntegration ? undefined : whyNoDebian();

let opened: AsyncDisposableStack;
let folder: string;
let packageFile: string;
let bundleBefore: readonly string[];
beforeAll(() => {
  opened = new AsyncDisposableStack();
  folder = opened.use(openTemporaryFolder()).path;
  bundleBefore = filesOfBundle();
  if (isTool("/usr/bin/dpkg-deb")) packageFile = makePackage();
}, SETUP_MS);
afterAll(() => opened.disposeAsync());

/** A file that was written again has another time, also with the same text. */
function filesOfBundle(): string[] {
  return readdirSync(BUNDLE).map(
    (name) => `${name} ${String(statSync(join(BUNDLE, name), { bigint: true }).mtimeNs)}`,
  );
}

function makePackage(): string {
  const made = execFileSync(process.execPath, [MAKE_DEB, "--out", folder], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return made.trim().split("\n").at(-1) ?? "";
}

/** The same package under a later version. */
function makeUpgrade(): string {
  const tree = join(folder, "upgrade");
  execFileSync("dpkg-deb", ["--raw-extract", packageFile, tree]);
  const control = join(tree, "DEBIAN", "control");
  writeFileSync(
    control,
    readFileSync(control, "utf8").replace(/^Version: .*$/m, "Version: 99.0.0"),
  );
  const file = join(folder, "upgrade.deb");
  execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", tree, file]);
  return file;
}

test.skipIf(!isTool("/usr/bin/lintian"))(
  "lintian reports nothing about the package",
  () => {
    const strict = ["--fail-on", "error,warning,info", "--display-level", ">=info"];
    const { status, stdout } = spawnSync("lintian", [...strict, packageFile], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  },
  SETUP_MS,
);

test.skipIf(!isTool("/usr/bin/dpkg-deb"))(
  "the same commit gives the same files, and leaves the agent's bundle alone",
  () => {
    const [packed, built] = [join(folder, "packed"), join(folder, "built")];
    execFileSync("dpkg-deb", ["--extract", packageFile, packed]);
    execFileSync(process.execPath, [INSTALL_TREE, built], { stdio: "ignore" });
    const manual = join(packed, "usr/share/man/man8/databox-agent.8");
    writeFileSync(manual, gunzipSync(readFileSync(`${manual}.gz`)));
    const ofDebian = ["databox-agent.8.gz", "changelog.gz", "copyright", "lintian"];
    const { status, stdout } = spawnSync(
      "diff",
      [
        "--recursive",
        "--no-dereference",
        ...ofDebian.map((name) => `--exclude=${name}`),
        packed,
        built,
      ],
      { encoding: "utf8" },
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    // One that is written in place is empty for a moment: an agent that starts then does nothing.
    expect(filesOfBundle()).toEqual(bundleBefore);
  },
  SETUP_MS,
);

describe.skipIf(reason !== undefined)(`on a fresh Debian (${reason ?? "made"})`, () => {
  let world: World;
  let debian: DebianRoot;
  let order: Awaited<ReturnType<typeof createOrder>>;

  beforeAll(async () => {
    debian = createDebianRoot(join(folder, "debian"));
    debian.copy(packageFile, "/root/agent.deb");
    debian.copy(makeUpgrade(), "/root/upgrade.deb");
    world = opened.use(await openWorld());
    order = await createOrder(world.customerContext, ORDER);
  }, SETUP_MS);

  const agent = async (parameters: readonly string[], input?: string) => {
    const { exitCode, stdout, stderr } = await debian.run(
      ["databox-agent", "--json", ...parameters],
      input,
    );
    const event: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
    return { exitCode, event, stderr };
  };
  const expectUnlocks = async () => {
    expect(await agent(["unlock"])).toMatchObject({
      exitCode: 0,
      event: { outcome: "unlocked", proof: "cryptsetup" },
    });
  };
  const install = (file: string) => debian.run(["dpkg", "--install", file]);
  const inside = (path: string) => join(debian.path, path);
  /** Uses cryptsetup alone, as a person with the disk and the passkey would. */
  const opensWith = async (passkey: string) => {
    const open = ["cryptsetup", "open", "--test-passphrase", "--key-file=-", VOLUME];
    return (await debian.run(open, passkey)).exitCode === 0;
  };

  test("is installed without a network, and its services are enabled", async () => {
    expect(await install("/root/agent.deb")).toMatchObject({ exitCode: 0 });
    for (const unit of ["databox-agent.service", "databox-agent-unlock.service"])
      expect(readlinkSync(inside(`/etc/systemd/system/multi-user.target.wants/${unit}`))).toBe(
        `/usr/lib/systemd/system/${unit}`,
      );
    expect((await debian.run(["databox-agent", "--version"])).stdout).toMatch(/^databox-agent\/\d/);
    expect(await debian.run(["dpkg", "--verify", "databox-agent"])).toMatchObject({ stdout: "" });
  });

  test("prepares and unlocks", async () => {
    const { brokerUrl, caFile, dnsServer } = world.stack.description;
    debian.copy(caFile, "/root/ca.pem");
    mkdirSync(inside("/srv"), { recursive: true });
    const [code] = await world.operator.prepare(order.id, [SERIAL]);
    const connection = ["--broker", brokerUrl, "--ca-file", "/root/ca.pem"];
    const node = ["--order", order.id.toLowerCase(), "--serial", SERIAL, "--volume", VOLUME];
    expect(
      await agent(
        ["prepare", ...connection, "--dns-server", dnsServer, ...node],
        code?.enrolmentCode ?? "",
      ),
    ).toMatchObject({ exitCode: 0, event: { outcome: "prepared", volume: "luks2" } });
    await world.operator.advance(order.id, "dispatch");
    await world.operator.advance(order.id, "deliver");
    await expectUnlocks();
    expect(statSync(inside(STATE)).mode & 0o777).toBe(0o700);
  });

  test("shows its page, with everything that the page loads", async () => {
    const port = await freePort();
    const untilStopped = `databox-agent --json serve --ui-port ${String(port)} & while [ ! -e /root/stop ]; do sleep 0.2; done; kill $!; wait $!`;
    const serving = debian.run(["sh", "-c", untilStopped]);
    const get = (path: string) =>
      spawnSync(
        "curl",
        [
          "--silent",
          "--fail",
          "--insecure",
          "--max-time",
          "60",
          `https://127.0.0.1:${String(port)}${path}`,
        ],
        { encoding: "utf8" },
      );
    const loaded: string[] = [];
    try {
      await expect.poll(() => get("/").status).toBe(0);
      for (const { groups } of get("/").stdout.matchAll(/(?:src|href)="(?<path>\/[^"]+)"/g))
        loaded.push(groups?.["path"] ?? "");
      expect(loaded.filter((path) => get(path).status !== 0)).toEqual([]);
    } finally {
      writeFileSync(inside("/root/stop"), "");
    }
    expect(loaded.filter((path) => path.endsWith(".js"))).not.toEqual([]);
    expect(await serving).toMatchObject({ exitCode: 0 });
  });

  test("keeps state and settings by an upgrade and by a downgrade", async () => {
    const settings = 'SERVE_OPTIONS="--ui-port 443"\n';
    writeFileSync(inside("/etc/default/databox-agent"), settings);
    for (const file of ["/root/upgrade.deb", "/root/agent.deb"]) {
      expect(await install(file)).toMatchObject({ exitCode: 0 });
      expect(readFileSync(inside("/etc/default/databox-agent"), "utf8")).toBe(settings);
      await expectUnlocks();
    }
    expect(await agent(["journal", "--verify"])).toMatchObject({ exitCode: 0 });
  });

  test("when removed and purged leaves a volume that the passkey opens", async () => {
    const { customer, stack } = world.customerContext;
    const passkeys = await readPasskeys(customer, stack.resourceGroup, ORDER);
    const passkey = passkeys.get(SERIAL) ?? "";
    expect(await debian.run(["dpkg", "--remove", "databox-agent"])).toMatchObject({ exitCode: 0 });
    expect(existsSync(inside("/usr/lib/databox-agent"))).toBe(false);
    expect(await opensWith(passkey)).toBe(true);
    expect(await opensWith(`${passkey}x`)).toBe(false);
    const purged = await debian.run(["dpkg", "--purge", "databox-agent"]);
    expect(purged).toMatchObject({ exitCode: 0 });
    expect(purged.stderr).toContain(`${STATE} stays`);
    expect(await opensWith(passkey)).toBe(true);
  });

  test("when installed again after the purge unlocks by the network as before", async () => {
    expect(await install("/root/agent.deb")).toMatchObject({ exitCode: 0 });
    await expectUnlocks();
  });

  test("when purged after an erasure keeps the certificate", async () => {
    expect(await debian.run(["mv", STATE, "/root/kept"])).toMatchObject({ exitCode: 0 });
    mkdirSync(inside(STATE));
    writeFileSync(inside(`${STATE}/erasure.json`), "{}");
    const purged = await debian.run(["dpkg", "--purge", "databox-agent"]);
    expect(purged).toMatchObject({ exitCode: 0 });
    expect(purged.stderr).toContain(`${STATE} stays, because it holds the certificate`);
    expect(existsSync(inside(`${STATE}/erasure.json`))).toBe(true);
  });

  test("leaves no trace when it was never prepared", async () => {
    rmSync(inside(`${STATE}/erasure.json`));
    expect(await install("/root/agent.deb")).toMatchObject({ exitCode: 0 });
    expect(await debian.run(["dpkg", "--purge", "databox-agent"])).toMatchObject({ exitCode: 0 });
    const left = ["/etc/default/databox-agent", STATE, "/usr/bin/databox-agent"];
    expect(left.filter((path) => existsSync(inside(path)))).toEqual([]);
    const enabled = "/etc/systemd/system/multi-user.target.wants/databox-agent.service";
    expect(existsSync(inside(enabled))).toBe(false);
  });
});
