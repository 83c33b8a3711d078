// Makes the broker's image, or that of the test double, without a container engine: Node 24, one
// bundled file and its companions, no shell, no root, nothing writable but /data and /tmp. The same
// sources and the same Debian packages give the same digest. The broker's settings are in
// image.json: with few arenas and a small nursery, memory of 10,000 leases is given back
// (docs/design/performance.md).
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { VERSION } from "@databox-cmk/protocol";

import { describeBuild } from "../describe-build.mjs";
import { sourceCommit, sourceDateSeconds } from "../sources.ts";
import { createLayout } from "./image-layout.mjs";
import { BROKER, DOUBLE } from "./lay-out-app.mjs";
import { layOutBase } from "./lay-out-base.mjs";
import { CYCLONEDX, PROVENANCE, signImage } from "./sign.mjs";

const ARCHITECTURES = { x64: "amd64", arm64: "arm64" };
const USAGE = `usage: npm run image -- --source URL [--double] [--out FOLDER] [--key FILE]

  --source URL   where the sources are published; a label of the image
  --double       the test double of Azure, not the broker
  --out FOLDER   the image, in OCI's layout (default: artifacts/${BROKER.name}, artifacts/${DOUBLE.name})
  --key FILE     a private key (PEM, P-256) that signs the image, its provenance and its contents`;

const { values } = parseArgs({
  options: {
    source: { type: "string" },
    double: { type: "boolean", default: false },
    out: { type: "string" },
    key: { type: "string" },
    help: { type: "boolean" },
  },
});
const product = values.double ? DOUBLE : BROKER;
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (values.source === undefined) {
  console.error(USAGE);
  process.exit(2);
}
const missing = ["dpkg-query", "ldd", "strip", "tar"].filter(
  (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).error !== undefined,
);
if (missing.length > 0) {
  console.error(`${missing.join(" and ")} not found: on Debian 13, apt-get install binutils`);
  process.exit(1);
}
const work = mkdtempSync(join(tmpdir(), `${product.name}-`));
try {
  const folder = values.out ?? join("artifacts", product.name);
  console.log(await makeImage(folder, values.source, values.key));
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** @returns `sha256:…` of its manifest, which names the image */
async function makeImage(folder, source, keyFile) {
  const layout = createLayout(folder);
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) throw new Error(`no image for ${process.arch}`);
  const [base, whole] = [join(work, "base"), join(work, "whole")];
  const parts = layOutBase(base);
  const app = join(whole, "app");
  await product.layOut(app, parts);
  const created = new Date(sourceDateSeconds() * 1000).toISOString();
  const revision = sourceCommit() ?? "unknown revision";
  const config = {
    ...JSON.parse(readFileSync(new URL(product.settings, import.meta.url), "utf8")),
    Labels: labels({ revision, source, created }),
  };
  const image = {
    architecture,
    created,
    config,
    history: [
      { created, created_by: "deploy/broker/lay-out-base.mjs" },
      { created, created_by: "deploy/broker/lay-out-app.mjs" },
    ],
  };
  const manifest = layout.addImage(VERSION, image, [baseLayer(base), layer("app", whole)]);
  if (keyFile !== undefined)
    signImage(layout, readFileSync(keyFile), product.name, manifest, {
      [PROVENANCE]: describeBuild({
        source,
        revision,
        page: "docs/operate/image.md",
        script: "deploy/broker/make-image.mjs",
        facts: { architecture },
        parts,
      }),
      [CYCLONEDX]: JSON.parse(readFileSync(join(app, "sbom.cdx.json"), "utf8")),
    });
  layout.close();
  return manifest.digest;
}

/** OCI's own names (image-spec, annotations.md). */
function labels({ revision, source, created }) {
  const facts = {
    title: product.name,
    description: product.description,
    version: VERSION,
    revision,
    source,
    created,
    licenses: "MIT",
    documentation: `${source}/blob/${revision}/${product.page}`,
  };
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
  );
}

/** With the two folders that a process may write: /data is its user's alone. */
function baseLayer(folder) {
  const names = readdirSync(folder).toSorted();
  const tar = join(work, "base.tar");
  pack(tar, ["--create", ...ofRoot()], folder, names);
  const writable = join(work, "writable");
  for (const name of ["data", "tmp"]) mkdirSync(join(writable, name), { recursive: true });
  pack(tar, ["--append", "--owner=65532", "--group=65532", "--mode=0700"], writable, ["data"]);
  pack(tar, ["--append", "--owner=0", "--group=0", "--mode=1777"], writable, ["tmp"]);
  return readFileSync(tar);
}

function layer(name, folder) {
  const tar = join(work, `${name}.tar`);
  pack(tar, ["--create", ...ofRoot()], folder, readdirSync(folder).toSorted());
  return readFileSync(tar);
}

/** Independent of the builder's account and umask. */
function ofRoot() {
  return ["--owner=0", "--group=0", "--mode=u=rwX,go=rX"];
}

function pack(tar, how, folder, names) {
  const always = ["--format=ustar", "--sort=name", "--numeric-owner"];
  const time = `--mtime=@${String(sourceDateSeconds())}`;
  const place = [`--file=${tar}`, `--directory=${folder}`];
  execFileSync("tar", [...place, ...always, time, ...how, ...names]);
}
