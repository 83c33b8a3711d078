// A folder in OCI's image layout (image-spec, image-layout.md), which engines load and registries
// take. Signatures and attestations are in it as `cosign save` puts them, so that `cosign verify
// --local-image` checks them without a registry.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { sourceDateSeconds } from "../sources.ts";

const OCI = "application/vnd.oci.image";
const KIND = "kind";
const LAYOUT = "oci-layout";
/** Level 6 takes twice the time, and saves 2 %. */
const LEVEL = 4;
/** Independent of the builder's account and umask. */
export const OF_ROOT = ["--owner=0", "--group=0", "--mode=u=rwX,go=rX"];

/**
 * @param folder - is replaced if it is an image layout, and otherwise must not exist
 * @throws {Error} when the folder is something else
 */
export function createLayout(folder) {
  if (existsSync(folder) && !existsSync(join(folder, LAYOUT)))
    throw new Error(`${folder} exists, and is not an image`);
  rmSync(folder, { recursive: true, force: true });
  const blobs = join(folder, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  const manifests = [];
  const writeBlob = (mediaType, bytes) => {
    const sum = sha256(bytes);
    writeFileSync(join(blobs, sum), bytes);
    return { mediaType, size: bytes.length, digest: `sha256:${sum}` };
  };
  const writeManifest = (config, layers) =>
    writeBlob(
      `${OCI}.manifest.v1+json`,
      json({ schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, config, layers }),
    );
  const add = (kind, manifest, rest) => {
    const annotations = { [KIND]: `dev.cosignproject.cosign/${kind}`, ...rest };
    manifests.push({ ...manifest, annotations });
    return manifest;
  };
  return {
    /**
     * @param tars - layers, the lowest first
     * @returns the descriptor of the image's manifest
     */
    addImage(tag, { architecture, created, config, history }, tars) {
      const layers = tars.map((tar) =>
        writeBlob(`${OCI}.layer.v1.tar+gzip`, gzipSync(tar, { level: LEVEL })),
      );
      const rootfs = { type: "layers", diff_ids: tars.map((tar) => `sha256:${sha256(tar)}`) };
      const image = { created, architecture, os: "linux", config, rootfs, history };
      const described = writeBlob(`${OCI}.config.v1+json`, json(image));
      return add("image", writeManifest(described, layers), {
        "org.opencontainers.image.ref.name": tag,
      });
    },
    /** @param rows - `[media type, bytes, annotations]` of each */
    addSigned(kind, rows) {
      const layers = rows.map(([mediaType, bytes, annotations]) => ({
        ...writeBlob(mediaType, bytes),
        annotations,
      }));
      const rootfs = { type: "layers", diff_ids: layers.map(({ digest }) => digest) };
      const config = { architecture: "", os: "", config: {}, rootfs };
      add(kind, writeManifest(writeBlob(`${OCI}.config.v1+json`, json(config)), layers), {});
    },
    close() {
      writeFileSync(join(folder, LAYOUT), json({ imageLayoutVersion: "1.0.0" }));
      const index = { schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests };
      writeFileSync(join(folder, "index.json"), json(index));
    },
  };
}

export function json(value) {
  return Buffer.from(JSON.stringify(value));
}

/** @returns in hexadecimal digits */
export function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

export function sha256OfFile(path) {
  return sha256(readFileSync(path));
}

/**
 * Writes a tar file that tells nothing of its builder.
 *
 * @returns its path
 */
export function pack(
  tar,
  folder,
  names = readdirSync(folder).toSorted(),
  how = ["--create", ...OF_ROOT],
) {
  const always = ["--format=ustar", "--sort=name", "--numeric-owner"];
  const time = `--mtime=@${String(sourceDateSeconds())}`;
  execFileSync("tar", [`--file=${tar}`, "-C", folder, ...always, time, ...how, ...names]);
  return tar;
}
