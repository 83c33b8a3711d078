import { spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { VERSION } from "@databox-cmk/protocol";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { isContinuousIntegration } from "./harness/cryptsetup.ts";
import { runShell, shellBlocks } from "./harness/documented-shell.ts";

const MAKE_RELEASE = fileURLToPath(new URL("../deploy/release/make-release.mjs", import.meta.url));
const hasPrograms = ["cosign", "openssl"].every((name) => existsSync(`/usr/bin/${name}`));
/** The package of the agent and the image have tests of their own, which make them twice. */
const QUICK = ["--only", "double,kit,verifier,kubernetes,azure"];
const SOURCE = ["--source", "https://git.example.com/databox-cmk"];
const SUMS = "SHA256SUMS";

const release = (...words: readonly string[]) =>
  spawnSync(process.execPath, [MAKE_RELEASE, ...words], { encoding: "utf8" });

describe.skipIf(!hasPrograms && !isContinuousIntegration)("a release", () => {
  const opened = new DisposableStack();
  const folder = opened.use(openTemporaryFolder()).path;
  const made = join(folder, "release");
  const [privateFile, publicFile] = [join(folder, "release.key"), join(folder, "release.pub")];
  const writeKeys = (publicOnly?: string) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(publicOnly ?? publicFile, publicKey.export({ type: "spki", format: "pem" }));
    if (publicOnly === undefined)
      writeFileSync(privateFile, privateKey.export({ type: "pkcs8", format: "pem" }));
  };
  const copy = (name: string) => {
    const path = join(folder, name);
    cpSync(made, path, { recursive: true });
    return path;
  };
  const [commands] = shellBlocks("operate/release.md", "Verify it");

  beforeAll(() => {
    writeKeys();
    const { status, stderr } = release(...SOURCE, ...QUICK, "--key", privateFile, "--out", made);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    cpSync(publicFile, join(made, "release.pub"));
  });
  afterAll(() => {
    opened.dispose();
  });

  test("is verified by the commands of its page, without our code", () => {
    const printed = runShell(made, commands);
    expect(printed).toContain("Verified OK");
    expect(printed).toContain(`databox-kubernetes-${VERSION}.tar.gz: OK`);
    const notes = readFileSync(join(made, "RELEASE-NOTES.md"), "utf8");
    expect(notes).toMatch(new RegExp(`^# Data Box CMK ${VERSION}\n`));
    expect(notes).toContain("### What you must do");
  });

  // Evidence: The supply chain.
  test("is refused with another key, and when a file has changed", () => {
    const foreign = copy("foreign");
    writeKeys(join(foreign, "release.pub"));
    expect(() => runShell(foreign, commands)).toThrow(/error:/);
    const changed = copy("changed");
    appendFileSync(join(changed, `databox-kubernetes-${VERSION}.tar.gz`), "x");
    expect(() => runShell(changed, commands)).toThrow(/did NOT match/);
    expect(release("--verify", changed).status).toBe(1);
  });

  test("is the same when it is made again, also where new files are private", () => {
    const again = [process.execPath, MAKE_RELEASE, "--verify", made];
    const words = ["-c", 'umask 077; exec "$0" "$@"', ...again];
    const { status, stdout } = spawnSync("sh", words, { encoding: "utf8" });
    expect(status).toBe(0);
    const results = stdout.trim().split("\n");
    expect(results.filter((line) => !line.startsWith("same "))).toEqual([
      "not listed     release.pub",
    ]);
    expect(results.length).toBeGreaterThan(8);
  });

  test("differs from one that was made of other sources, although its sums fit", () => {
    const other = join(folder, "other");
    expect(release(...SOURCE, "--only", "azure", "--out", other).status).toBe(0);
    const name = `databox-bicep-${VERSION}.tar.gz`;
    const before = sumOf(join(other, name));
    appendFileSync(join(other, name), "x");
    const sums = readFileSync(join(other, SUMS), "utf8");
    writeFileSync(join(other, SUMS), sums.replace(before, sumOf(join(other, name))));
    const { status, stdout } = release("--verify", other);
    expect(stdout).toMatch(new RegExp(`^DIFFERS +${name}$`, "m"));
    expect(stdout).toMatch(/^same +RELEASE-NOTES.md$/m);
    expect(status).toBe(3);
  });

  test("is of the version that its tag names, or is not made", () => {
    const words = ["--only", "azure", "--tag", "v0.0.1", "--out", join(folder, "tagged")];
    const { status, stderr } = release(...SOURCE, ...words);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `v0.0.1 is not this version, which is v${VERSION}\n`,
    });
  });

  test("has the kit as a package that npx runs in an empty project", () => {
    const tarball = join(made, `databox-cmk-conformance-${VERSION}.tgz`);
    const project = join(folder, "project");
    mkdirSync(project);
    const { status, stdout, stderr } = spawnSync(
      "npx",
      ["--yes", "--offline", "--package", tarball, "databox-conformance", "agent", "false"],
      {
        cwd: project,
        encoding: "utf8",
        env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}` },
      },
    );
    expect({ status, stderr }).toMatchObject({ status: 1 });
    expect(stdout).toContain("0 passed, 1 failed");
    expect(existsSync(join(project, "artifacts/conformance/junit.xml"))).toBe(true);
  });

  test("is installed into a project, and removed, by the commands of its page", () => {
    const project = join(folder, "user");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), "{}");
    const [install, remove] = shellBlocks("operate/release.md", "Install, update, go back, remove");
    const path = `export npm_config_offline=true PATH='${dirname(process.execPath)}':"$PATH"\n`;
    const printed = runShell(project, path + (install ?? ""));
    for (const name of ["azure-double", "databox-conformance", "databox-verify"])
      expect(printed).toContain(`${name}/${VERSION} (`);
    const again = runShell(project, path + (install ?? ""));
    expect(again).toContain(`azure-double/${VERSION} (`);
    mkdirSync(join(project, ".local"));
    runShell(project, path + (remove ?? ""));
    const left = ["node_modules/.bin/azure-double", "node_modules/@databox-cmk/verify", ".local"];
    expect(left.filter((name) => existsSync(join(project, name)))).toEqual([]);
    expect(readFileSync(join(project, "package.json"), "utf8")).not.toContain("@databox-cmk");
  });

  test("joins what a machine of another architecture made, and says that it cannot make it", () => {
    const [foreign, both] = [join(folder, "other-machine"), join(folder, "both")];
    const name = `databox-agent_${VERSION}_${process.arch === "x64" ? "arm64" : "amd64"}.deb`;
    cpSync(made, foreign, { recursive: true });
    writeFileSync(join(foreign, name), "of that machine");
    const parts = ["--only", "azure", "--add", foreign];
    expect(release(...SOURCE, ...parts, "--out", both).stdout).toContain(name);
    const { status, stdout } = release("--verify", both);
    expect(stdout).toMatch(new RegExp(`^not made here +${name}$`, "m"));
    expect(status).toBe(0);
  });
});

function sumOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
