import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { EXIT_CODES } from "@databox-cmk/device-agent";
import { folderFor, requireTool } from "@databox-cmk/testkit";
import { beforeAll, describe, expect, test } from "vitest";

const FILES = fileURLToPath(new URL("../agent/files", import.meta.url));
const GUIDE = fileURLToPath(new URL("../../docs/appliance/install-agent.md", import.meta.url));
const SYSTEM_UNITS = "/usr/lib/systemd/system";
const FSTAB_GENERATOR = "/usr/lib/systemd/system-generators/systemd-fstab-generator";
const SERVICES = ["databox-agent.service", "databox-agent-unlock.service"];
const hasSystemd = requireTool("systemd", existsSync("/usr/bin/systemd-analyze"));

describe.skipIf(!hasSystemd)("the agent's units", () => {
  const root = folderFor(beforeAll);
  beforeAll(() => {
    cpSync(SYSTEM_UNITS, join(root.path, SYSTEM_UNITS), {
      recursive: true,
      verbatimSymlinks: true,
    });
    cpSync(FILES, root.path, { recursive: true });
    mkdirSync(join(root.path, "usr", "bin"));
    writeFileSync(join(root.path, "usr", "bin", "databox-agent"), "#!/bin/sh\n", { mode: 0o755 });
  });
  const analyze = (...parameters: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(
      "systemd-analyze",
      [...parameters, `--root=${root.path}`],
      { encoding: "utf8" },
    );
    return { status, stdout, stderr };
  };

  test("are as systemd wants them", () => {
    expect(analyze("verify", "--man=no", ...SERVICES, "databox-data.target")).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  test.each(SERVICES)("%s is exposed below 3.0", (service) => {
    const { stdout } = analyze("security", "--offline=true", "--no-pager", service);
    const [, exposure] = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(exposure)).toBeLessThan(3);
  });

  test("the unlock at boot ends, and is repeated while the broker is unreachable, has a fault, or approvers decide, but not once it is refused", () => {
    const unit = readFileSync(join(FILES, SYSTEM_UNITS, "databox-agent-unlock.service"), "utf8");
    expect(unit).toMatch(/^ExecStart=\/usr\/bin\/databox-agent unlock --no-wait$/m);
    const [, prevented = ""] = /^RestartPreventExitStatus=(.*)$/m.exec(unit) ?? [];
    const codes = new Set(prevented.split(" ").map(Number));
    const again = Object.entries(EXIT_CODES).filter(([, code]) => !codes.has(code));
    expect(again.map(([name]) => name).toSorted()).toEqual([
      "internal",
      "ok",
      "pending",
      "unreachable",
    ]);
  });

  test("the daemon is started again however it ended: without it, the volume stays open", () => {
    const unit = readFileSync(join(FILES, SYSTEM_UNITS, "databox-agent.service"), "utf8");
    expect(unit).toMatch(/^Restart=always$/m);
    expect(unit).not.toMatch(/^RestartPreventExitStatus=/m);
  });

  test("the boot does not wait for the data: its mount comes with the open volume alone", () => {
    const guide = readFileSync(GUIDE, "utf8");
    const [line = ""] = /^\/dev\/mapper\/databox-\S+ .*$/m.exec(guide) ?? [];
    const folder = join(root.path, "generated");
    const fstab = join(root.path, "fstab");
    mkdirSync(folder);
    writeFileSync(fstab, `${line}\n`);
    execFileSync(FSTAB_GENERATOR, [folder, folder, folder], {
      env: { SYSTEMD_FSTAB: fstab, SYSTEMD_LOG_LEVEL: "err" },
    });
    const mount = readFileSync(join(folder, "data.mount"), "utf8");
    expect(existsSync(join(folder, "databox-data.target.wants", "data.mount"))).toBe(true);
    expect(mount).not.toMatch(/^Before=(?!umount\.target$)/m);
    for (const target of ["local-fs.target", "remote-fs.target"]) {
      expect(existsSync(join(folder, `${target}.wants`, "data.mount"))).toBe(false);
      expect(existsSync(join(folder, `${target}.requires`, "data.mount"))).toBe(false);
    }
  });
});
