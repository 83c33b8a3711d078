import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

import { createOrder } from "@databox-cmk/local-stack";
import { VERSION } from "@databox-cmk/protocol";
import { freePort, openTemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { unpackPrograms } from "../former/released-state.ts";
import { isContinuousIntegration } from "../harness/cryptsetup.ts";
import { shellBlocks } from "../harness/documented-shell.ts";
import { openWorld, type World } from "../harness/open-world.ts";
import { callOrder } from "../harness/order-actions.ts";
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
/** Does with the daemon what the package asks of systemd, which is not the first process here. */
const SYSTEMCTL = `#!/bin/sh
stop() {
  [ -e /run/agent.pid ] || return 0
  kill "$(cat /run/agent.pid)"
  while kill -0 "$(cat /run/agent.pid)" 2>/dev/null; do sleep 0.1; done
  rm /run/agent.pid
}
case " $* " in
  *" is-enabled "*) echo enabled ;;
  *" stop "*) stop ;;
  *" start databox-agent"* | *" restart databox-agent.service "*)
    stop
    [ -e ${STATE}/agent.json ] || exit 0 # as the unit's condition says
    databox-agent --json serve </dev/null >>/root/serve.jsonl 2>&1 &
    echo $! >/run/agent.pid
    ;;
esac
`;
/** debootstrap fetches 60 MB and unpacks 200. */
const SETUP_MS = 600_000;

const isTool = (path: string): boolean => existsSync(path) || isContinuousIntegration;
const reason = isContinuousIntegration ? undefined : whyNoDebian();

let opened: AsyncDisposableStack;
let folder: string;
let packageFile: string;
let former: string;
let bundleBefore: readonly string[];
beforeAll(() => {
  opened = new AsyncDisposableStack();
  folder = opened.use(openTemporaryFolder()).path;
  bundleBefore = filesOfBundle();
  former = dirname(unpackPrograms(folder).agent);
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

/** The same package under another version, by default with the same agent. */
function makeVersion(version: string, agent: string = BUNDLE): string {
  const tree = join(folder, version);
  execFileSync("dpkg-deb", ["--raw-extract", packageFile, tree]);
  const control = join(tree, "DEBIAN", "control");
  writeFileSync(
    control,
    readFileSync(control, "utf8").replace(/^Version: .*$/m, `Version: ${version}`),
  );
  if (agent !== BUNDLE)
    for (const name of readdirSync(agent))
      cpSync(join(agent, name), join(tree, "usr/lib/databox-agent", name), { recursive: true });
  const file = join(folder, `${version}.deb`);
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
    debian = opened.use(await createDebianRoot(join(folder, "debian")));
    debian.copy(packageFile, "/root/agent.deb");
    debian.copy(makeVersion("99.0.0"), "/root/upgrade.deb");
    debian.copy(makeVersion("0.1.0", former), "/root/former.deb");
    world = opened.use(await openWorld(() => ({ brokerEnvironment: { LEASE_TTL_SECONDS: "10" } })));
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

  test("is taken back and updated while the volume is open: each daemon renews the lease, and the last one closes the volume", async () => {
    const lines = () => readFileSync(inside("/root/serve.jsonl"), "utf8").trim().split("\n");
    const events = () => lines().map((line): { readonly outcome: string } => JSON.parse(line));
    const outcomes = () => events().map(({ outcome }) => outcome);
    const renewedAtMs = (): number =>
      JSON.parse(readFileSync(inside(`${STATE}/state.json`), "utf8")).lock.lease?.answeredAtMs ?? 0;
    const expected = ["serving"];
    writeFileSync(inside("/usr/bin/systemctl"), SYSTEMCTL);
    mkdirSync(inside("/run/systemd/system"), { recursive: true });
    await expectUnlocks();
    await debian.run(["systemctl", "start", "databox-agent.service"]);
    await expect.poll(outcomes).toEqual(expected);
    const agents = new Set<string>();
    for (const file of ["former", "upgrade", "agent"]) {
      expect(await install(`/root/${file}.deb`)).toMatchObject({ exitCode: 0 });
      expected.push("stopped", "serving");
      await expect.poll(outcomes).toEqual(expected);
      agents.add((await debian.run(["databox-agent", "--version"])).stdout);
      const before = renewedAtMs();
      await expect.poll(renewedAtMs).toBeGreaterThan(before);
      expect(await agent(["status"])).toMatchObject({ event: { outcome: "unlocked" } });
    }
    expect(agents.size).toBe(2);
    await callOrder(world, order, "POST", "revoke", { reason: "the appliance was stolen" });
    await expect
      .poll(() => events().at(-1))
      .toMatchObject({ code: "UnlockRevoked", relocked: true });
    expect(await agent(["status"])).toMatchObject({ event: { outcome: "locked" } });
    await callOrder(world, order, "POST", "restoreAccess");
    await expectUnlocks();
  });

  test("when removed and purged leaves a volume that the passkey opens", async () => {
    const { customer, stack } = world.customerContext;
    const passkeys = await readPasskeys(customer, stack.resourceGroup, ORDER);
    const passkey = passkeys.get(SERIAL) ?? "";
    expect(await debian.run(["dpkg", "--remove", "databox-agent"])).toMatchObject({ exitCode: 0 });
    // The daemon has ended and the volume is closed: no revocation would reach it from here on.
    expect(existsSync(inside("/run/agent.pid"))).toBe(false);
    expect(readFileSync(inside(`${STATE}/state.json`), "utf8")).toContain('"kind":"locked"');
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

  const PAGE = "appliance/install-agent.md";
  /** In root's home, to which the files of the release were brought. */
  const shell = async (script: string | undefined, input?: string) => {
    const words = ["sh", "-euc", `cd /root\n${script ?? "exit 1"}`];
    const { exitCode, stdout, stderr } = await debian.run(words, input);
    if (exitCode !== 0) throw new Error(`${String(exitCode)}: ${stderr}`);
    return stdout;
  };
  const installed = () => shell("dpkg-query --show --showformat='${Version}' databox-agent");

  test("is installed, prepared and started as its page says", async () => {
    debian.copy(packageFile, join("/root", basename(packageFile)));
    const { brokerUrl, dnsServer } = world.stack.description;
    const second = await createOrder(world.customerContext, "page");
    const [code] = await world.operator.prepare(second.id, ["DBX-PAGE"]);
    const [printed = ""] = shellBlocks(PAGE, "Install and prepare");
    const own = [
      ["https://broker.example", `${brokerUrl} --ca-file /root/ca.pem --dns-server ${dnsServer}`],
      ["/subscriptions/…/jobs/order-1", second.id.toLowerCase()],
      ["DBX-0001", "DBX-PAGE"],
      ["/dev/disk/by-id/nvme-MODEL_SERIAL", "/srv/page.img"],
      ["_amd64.deb", basename(packageFile).replace(/^.*_/, "_")],
    ] as const;
    const script = own.reduce((text, [theirs, ours]) => text.replace(theirs, ours), printed);
    await shell(script, code?.enrolmentCode);
    await world.operator.advance(second.id, "dispatch");
    await world.operator.advance(second.id, "deliver");
    await expectUnlocks();
    expect(existsSync(inside("/run/agent.pid"))).toBe(true);
  });

  test("comes from an apt repository, goes back and is removed as its page says", async () => {
    const [makeRepository = "", use = "", goBack] = shellBlocks(PAGE, "From an apt repository");
    const again = makeRepository.slice(makeRepository.indexOf("cp "));
    const update = use.slice(use.indexOf("apt-get update"));
    await shell("apt-get purge --yes databox-agent");
    await shell(makeRepository);
    const foreign = "gpg --batch --passphrase '' --quick-generate-key Foreign ed25519 sign never";
    await shell(`${foreign}\n${again.replace("Packages of databox-agent", "Foreign")}`);
    await expect(shell(use)).rejects.toThrow(/is not signed/);
    await shell(again);
    appendFileSync(inside(`/srv/databox-apt/${basename(packageFile)}`), "x");
    await expect(shell(use)).rejects.toThrow(/Hash Sum mismatch/);
    await shell(again);
    await shell(use);
    expect(await installed()).toBe(VERSION);
    await expectUnlocks();
    for (const version of ["99.0.0", "0.1.0"])
      debian.copy(
        join(folder, `${version}.deb`),
        join("/root", basename(packageFile).replace(VERSION, version)),
      );
    await shell(again);
    await shell(update);
    expect(await installed()).toBe("99.0.0");
    await shell(goBack);
    expect(await installed()).toBe("0.1.0");
    await expectUnlocks();
    const [remove] = shellBlocks(PAGE, "Upgrade, downgrade, remove");
    await shell(remove);
    await expect(installed()).rejects.toThrow("no packages found");
    expect(existsSync(inside(`${STATE}/agent.json`))).toBe(true);
  });
});
