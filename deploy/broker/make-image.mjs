// Makes the broker's image, or that of the test double, without a container engine: Node 24, one
// bundled file and its companions, no shell, no root, nothing writable but /data and /tmp. The same
// sources and the same Debian packages give the same digest. The broker's settings are in
// image.json: with few arenas and a small nursery, memory of 10,000 leases is given back
// (docs/design/performance.md).
import { mkdirSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { VERSION } from "@databox-cmk/protocol";

import { requirePrograms } from "../bill-of-materials.mjs";
import { describeBuild } from "../describe-build.mjs";
import { sourceCommit, sourceDateSeconds } from "../sources.ts";
import { createLayout, OF_ROOT, pack } from "./image-layout.mjs";
import { layOutApp, PRODUCTS } from "./lay-out-app.mjs";
import { layOutBase } from "./lay-out-base.mjs";
import { CYCLONEDX, PROVENANCE, signImage } from "./sign.mjs";

const ARCHITECTURES = { x64: "amd64", arm64: "arm64" };
const USAGE = `usage: npm run image -- --source URL [--double] [--out FOLDER] [--key FILE]

  --source URL   where the sources are published; a label of the image
  --double       the test double of Azure, not the broker
  --out FOLDER   the image, in OCI's layout (default: artifacts/${PRODUCTS.broker.name}, artifacts/${PRODUCTS.double.name})
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
const product = values.double ? PRODUCTS.double : PRODUCTS.broker;
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (values.source === undefined) {
  console.error(USAGE);
  process.exit(2);
}
requirePrograms(["dpkg-query", "ldd", "strip", "tar"], "on Debian 13, apt-get install binutils");
using folderOfWork = mkdtempDisposableSync(join(tmpdir(), `${product.name}-`));
const work = folderOfWork.path;
const target = values.out ?? join("artifacts", product.name);
console.log(await makeImage(target, values.source, values.key));

/** @returns `sha256:…` of its manifest, which names the image */
async function makeImage(folder, source, keyFile) {
  const layout = createLayout(folder);
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) throw new Error(`no image for ${process.arch}`);
  const [base, whole] = [join(work, "base"), join(work, "whole")];
  const parts = layOutBase(base);
  const app = join(whole, "app");
  await layOutApp(product, app, parts);
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
  const manifest = layout.addImage(VERSION, image, [
    baseLayer(base),
    readFileSync(pack(join(work, "app.tar"), whole)),
  ]);
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
  const tar = pack(join(work, "base.tar"), folder);
  for (const name of ["data", "tmp"]) mkdirSync(join(work, name));
  const owner = ["--owner=65532", "--group=65532", "--mode=0700"];
  pack(tar, work, ["data"], ["--append", ...owner]);
  pack(tar, work, ["tmp"], ["--append", ...OF_ROOT, "--mode=1777"]);
  return readFileSync(tar);
}
