import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { VERSION } from "@databox-cmk/protocol";

import { root } from "../bill-of-materials.mjs";
import { pack } from "../broker/image-layout.mjs";

/** Debian's names. */
const ARCHITECTURES = { x64: "amd64", arm64: "arm64" };
const BIG = { maxBuffer: 1024 ** 3 };

/** The parts of a release. Each writes its files into the folder. The first two are of this machine's architecture. */
export const PARTS = {
  agent(folder) {
    run("deploy/agent/make-deb.mjs", "--out", folder);
    const file = nameOfOwn(folder, "agent");
    const tree = execFileSync("dpkg-deb", ["--fsys-tarfile", `${file}.deb`], BIG);
    takeContents(tree, "./usr/share/doc/databox-agent", file);
  },
  broker(folder, { source, work }) {
    const image = join(work, "image");
    run("deploy/broker/make-image.mjs", "--source", source, "--out", image);
    const file = nameOfOwn(folder, "broker");
    pack(`${file}.oci.tar`, image, ["."]);
    const readBlob = ({ digest }) => readFileSync(join(image, "blobs", ...digest.split(":")));
    const [manifest] = JSON.parse(readFileSync(join(image, "index.json"), "utf8")).manifests;
    const { layers } = JSON.parse(readBlob(manifest));
    takeContents(readBlob(layers.at(-1)), "app", file, "--gzip");
  },
  double: (folder, from) => packNpm(folder, from, "databox-cmk-azure-double"),
  kit: (folder, from) => packNpm(folder, from, "databox-cmk-conformance", "--kit"),
  verifier: (folder, from) => packNpm(folder, from, "databox-cmk-verify", "--verifier"),
  kubernetes: (folder) =>
    archive(folder, "kubernetes", ["deploy/kubernetes", "deploy/observability"]),
  azure: (folder) => archive(folder, "bicep", ["deploy/azure"]),
};

/** @returns Node's name of the architecture of a file, if it is of one */
export function architectureOf(name) {
  return Object.keys(ARCHITECTURES).find((arch) => name.includes(`_${ARCHITECTURES[arch]}.`));
}

function nameOfOwn(folder, product) {
  return join(folder, `databox-${product}_${VERSION}_${ARCHITECTURES[process.arch]}`);
}

/** The bill of materials and the licences that a package has within, beside it. */
function takeContents(tar, folder, target, ...options) {
  for (const [name, ending] of [
    ["sbom.cdx.json", "cdx.json"],
    ["LICENCES.txt", "licences.txt"],
  ]) {
    const words = ["--extract", "--to-stdout", ...options, `${folder}/${name}`];
    writeFileSync(`${target}.${ending}`, execFileSync("tar", words, { ...BIG, input: tar }));
  }
}

function packNpm(folder, { source }, name, ...words) {
  run("deploy/broker/pack-npm.mjs", "--source", source, "--out", folder, ...words);
  const file = join(folder, `${name}-${VERSION}`);
  takeContents(readFileSync(`${file}.tgz`), "package", file, "--gzip");
}

/** Files of the commit. */
function archive(folder, name, paths) {
  const whole = `databox-${name}-${VERSION}`;
  const words = ["archive", "--format=tar", `--prefix=${whole}/`, "HEAD", "--", ...paths];
  const tar = execFileSync("git", ["-c", "tar.umask=0022", ...words], { ...BIG, cwd: root });
  writeFileSync(join(folder, `${whole}.tar.gz`), gzipSync(tar, { level: 9 }));
}

function run(script, ...words) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...words], {
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error(`${script} failed`);
}
