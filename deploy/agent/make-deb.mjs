// Makes the Debian package of the agent by dpkg-deb: the install tree, what dpkg wants to know, the
// maintainer scripts. xz at its fastest: Node is 100 MB, and level 6 takes three minutes to save
// some MB more. By hand and not by debhelper: nothing is compiled, and the whole of it is one tree
// and three scripts.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  mkdtempDisposableSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

import { VERSION } from "@databox-cmk/protocol";

import { requirePrograms } from "../bill-of-materials.mjs";
import { sourceDateSeconds, sourceRevision } from "../sources.ts";
import { layOutInstallTree } from "./install-tree.mjs";

const DEBIAN = fileURLToPath(new URL("debian", import.meta.url));
const ARCHITECTURES = { x64: "amd64", arm64: "arm64" };
const SCRIPTS = ["postinst", "prerm", "postrm"];

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "artifacts" },
    version: { type: "string", default: VERSION },
  },
});
requirePrograms(["dpkg-deb", "strip"], "apt-get install binutils dpkg");
using work = mkdtempDisposableSync(join(tmpdir(), "databox-agent-deb-"));
console.log(makePackage(join(work.path, "root")));

/** @returns the file that was made */
function makePackage(tree) {
  layOutInstallTree(tree);
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) throw new Error(`no Debian architecture for ${process.arch}`);
  document(tree, values.version);
  addControl(tree, values.version, architecture);
  setModesAndTimes(tree);
  mkdirSync(values.out, { recursive: true });
  const target = resolve(values.out, `databox-agent_${values.version}_${architecture}.deb`);
  execFileSync("dpkg-deb", ["--root-owner-group", "-Zxz", "-z0", "--build", tree, target], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(sourceDateSeconds()) },
  });
  return target;
}

/** The files that Debian expects beside the program (policy chapter 12). */
function document(tree, version) {
  const folder = join(tree, "usr/share/doc/databox-agent");
  copyFileSync(join(DEBIAN, "copyright"), join(folder, "copyright"));
  const changelog = fill("changelog", {
    VERSION: version,
    DATE: mailDate(),
    REVISION: sourceRevision(),
  });
  writeFileSync(join(folder, "changelog.gz"), gzipSync(changelog, { level: 9 }));
  const manual = join(tree, "usr/share/man/man8/databox-agent.8");
  writeFileSync(`${manual}.gz`, gzipSync(readFileSync(manual), { level: 9 }));
  rmSync(manual);
  const overrides = join(tree, "usr/share/lintian/overrides");
  mkdirSync(overrides, { recursive: true });
  copyFileSync(join(DEBIAN, "lintian-overrides"), join(overrides, "databox-agent"));
}

function addControl(tree, version, architecture) {
  const files = listFiles(tree);
  const bytes = files.reduce((sum, file) => sum + statSync(join(tree, file)).size, 0);
  const control = join(tree, "DEBIAN");
  mkdirSync(control);
  const facts = {
    VERSION: version,
    ARCHITECTURE: architecture,
    INSTALLED_SIZE: String(Math.ceil(bytes / 1024)),
  };
  const write = (name, text) => writeFileSync(join(control, name), text);
  write("control", fill("control", facts));
  write("conffiles", lines(files.filter(isSetting).map((file) => `/${file}`)));
  write(
    "md5sums",
    lines(files.filter((file) => !isSetting(file)).map((file) => `${sumOf(tree, file)}  ${file}`)),
  );
  for (const script of SCRIPTS) copyFileSync(join(DEBIAN, script), join(control, script));
}

function isSetting(file) {
  return file.startsWith("etc/");
}

/** Symbolic links are none. */
function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
}

/** dpkg's own format; it guards against a broken disk, not against people. */
function sumOf(tree, file) {
  return createHash("md5")
    .update(readFileSync(join(tree, file)))
    .digest("hex");
}

/** Independent of the builder's umask: the same sources give the same bytes. */
function setModesAndTimes(tree) {
  const at = sourceDateSeconds();
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || (statSync(path).mode & 0o100) !== 0;
    if (!entry.isSymbolicLink()) chmodSync(path, isProgram ? 0o755 : 0o644);
    lutimesSync(path, at, at);
  }
  chmodSync(tree, 0o755);
  lutimesSync(tree, at, at);
}

/** RFC 5322, as dpkg writes it. */
function mailDate() {
  return new Date(sourceDateSeconds() * 1000).toUTCString().replace("GMT", "+0000");
}

function fill(template, facts) {
  const text = readFileSync(join(DEBIAN, template), "utf8");
  return text.replaceAll(/@([A-Z_]+)@/g, (_mark, name) => facts[name]);
}

function lines(rows) {
  return rows.map((row) => `${row}\n`).join("");
}
