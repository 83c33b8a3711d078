// The files below /app in the image: Node, and of Debian the libraries that Node loads. There is
// no shell and no package manager. The files are those of this machine's Debian packages, whose
// sums dpkg checks first. Scanners read the names and versions of the packages in
// /var/lib/dpkg/status.d, as in distroless images.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { nodePart, root } from "../bill-of-materials.mjs";
import { warnOfOlder } from "./warn-of-older.mjs";

const OS_RELEASE = "/usr/lib/os-release";
const LICENCES = {
  "base-files": "GPL-2.0-or-later",
  libc6: "LGPL-2.1-or-later",
  "libgcc-s1": "GPL-3.0-or-later WITH GCC-exception-3.1",
  "libstdc++6": "GPL-3.0-or-later WITH GCC-exception-3.1",
};
/** Debian's folders /lib and /lib64 are links. */
const LINKS = { lib: "usr/lib", lib64: "usr/lib64" };
const FILES = {
  "etc/passwd": "root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n",
  "etc/group": "root:x:0:\nnonroot:x:65532:\n",
  "etc/nsswitch.conf": "hosts: files dns\n",
};

/**
 * @param target - becomes the root of the file system; made where it is missing
 * @returns the parts, each a component of CycloneDX with the text of its licence
 * @throws {Error} when a part is missing, or differs from its package
 */
export function layOutBase(target) {
  const write = (path, text) => {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  };
  const copy = (from, path) => {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    copyFileSync(from, join(target, path));
  };
  const node = join("nodejs", "bin", "node");
  copy(join(root, "node_modules", "node", "bin", "node"), node);
  chmodSync(join(target, node), 0o755);
  const libraries = loadedBy(join(target, node));
  run("strip", "--strip-unneeded", "--remove-section=.comment", join(target, node));
  const packages = new Map();
  for (const path of [OS_RELEASE, ...libraries]) {
    const file = realpathSync(path);
    const name = run("dpkg-query", "--search", file).split(":")[0];
    packages.set(name, [...(packages.get(name) ?? []), file]);
    copy(file, linked(path));
  }
  warnOfOlder([...packages.keys()], console.warn);
  for (const [name, to] of Object.entries(LINKS))
    if (existsSync(join(target, to))) symlinkSync(to, join(target, name));
  for (const [path, text] of Object.entries(FILES)) write(path, text);
  copy(OS_RELEASE, "etc/os-release");
  const parts = [...packages].map(([name, files]) => {
    verify(name, files);
    const copyright = readFileSync(`/usr/share/doc/${name}/copyright`, "utf8");
    write(`usr/share/doc/${name}/copyright`, copyright);
    for (const [path] of copyright.matchAll(/\/usr\/share\/common-licenses\/[\w.-]*\w/g))
      if (existsSync(path)) copy(realpathSync(path), path);
    write(`var/lib/dpkg/status.d/${name}`, run("dpkg-query", "--status", name));
    return debianPart(name, copyright);
  });
  return [nodePart(), ...parts];
}

/** The dynamic loader names them: `libm.so.6 => /lib/…/libm.so.6 (0x…)`; itself without arrow. */
function loadedBy(program) {
  return [...run("ldd", program).matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path);
}

/** Its name in the image: without Debian's two links, since these are made last. */
function linked(path) {
  const [, first, rest] = /^\/([^/]+)\/(.*)$/.exec(path);
  return join(LINKS[first] ?? first, rest);
}

/** Files that a slim Debian leaves out are reported too, and are not shipped. */
function verify(name, files) {
  const changed = run("dpkg", "--verify", name)
    .split("\n")
    .filter((line) => files.some((file) => line.endsWith(` ${file}`)));
  if (changed.length > 0) throw new Error(`${name} is not as Debian made it: ${changed.join()}`);
}

function debianPart(name, text) {
  const shown = "--showformat=${Version} ${Architecture}";
  const [version, architecture] = run("dpkg-query", "--show", shown, name).split(" ");
  const [, release] = /^VERSION_ID="?([^"\n]*)/m.exec(readFileSync(OS_RELEASE, "utf8"));
  const escaped = [encodeURIComponent(name), encodeURIComponent(version)].join("@");
  const purl = `pkg:deb/debian/${escaped}?arch=${architecture}&distro=debian-${release}`;
  const expression = LICENCES[name];
  if (expression === undefined) throw new Error(`the licence of Debian's ${name} is not known`);
  const licenses = [{ expression }];
  return {
    component: { type: "library", name, version, purl, "bom-ref": purl, licenses },
    text,
  };
}

function run(command, ...parameters) {
  const { status, error, stdout } = spawnSync(command, parameters, {
    stdio: ["ignore", "pipe", 2],
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C" },
  });
  // dpkg --verify ends with 1 when a file is missing.
  if (error !== undefined || (status !== 0 && parameters[0] !== "--verify"))
    throw new Error(`${command} failed (${error?.message ?? String(status)})`);
  return stdout;
}
