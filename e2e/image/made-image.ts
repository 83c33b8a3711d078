import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import * as z from "zod";

const MAKE_IMAGE = fileURLToPath(new URL("../../deploy/broker/make-image.mjs", import.meta.url));
export const SOURCE = "https://git.example.com/databox-cmk";
/** Engines make these; Bubblewrap needs them to be there. */
const MOUNT_POINTS = ["tls", "proc", "dev"];

const descriptor = z.object({ digest: z.string(), size: z.number() });
const index = z.object({ manifests: z.array(descriptor) });
const manifest = z.object({ config: descriptor, layers: z.array(descriptor) });
const anySettings = z.object({
  User: z.string(),
  Entrypoint: z.array(z.string()),
  Volumes: z.record(z.string(), z.object({})),
  Labels: z.record(z.string(), z.string()),
});
/** The broker's. */
export const settings = anySettings.extend({
  Env: z.array(z.string()),
  Cmd: z.array(z.string()),
  Healthcheck: z.object({ Test: z.array(z.string()) }),
});
const imageConfig = z.object({
  architecture: z.string(),
  config: z.looseObject(anySettings.shape),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
});
export type ImageSettings = z.infer<typeof settings>;

/** The variables that an engine sets: `NAME=value` each. */
export function environmentOf({ Env }: ImageSettings): Record<string, string> {
  return Object.fromEntries(
    Env.map((row) => [row.slice(0, row.indexOf("=")), row.slice(row.indexOf("=") + 1)]),
  );
}

export type MadeImage = {
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  readonly settings: z.infer<typeof imageConfig>["config"];
  /** Each entry of the layers, as tar lists it: mode, owner, size, time and name. */
  readonly entries: readonly string[];
};

/** @returns what the builder printed: the digest */
export function makeImage(
  folder: string,
  options: readonly string[],
  { umask, environment }: { umask: string; environment: NodeJS.ProcessEnv },
): string {
  const command = [process.execPath, MAKE_IMAGE, "--source", SOURCE, "--out", folder, ...options];
  return execFileSync("sh", ["-c", `umask ${umask}; exec "$@"`, "sh", ...command], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", 2],
    env: { ...process.env, ...environment },
  }).trim();
}

/** Unpacks the layers as an engine does, but for the owners. */
export function unpackImage(folder: string, root: string): MadeImage {
  const blob = (digest: string) => join(folder, "blobs", ...digest.split(":"));
  const read = (digest: string): unknown => JSON.parse(readFileSync(blob(digest), "utf8"));
  const [first] = index.parse(
    JSON.parse(readFileSync(join(folder, "index.json"), "utf8")),
  ).manifests;
  if (first === undefined) throw new Error("no image");
  const { config, layers } = manifest.parse(read(first.digest));
  const image = imageConfig.parse(read(config.digest));
  const entries = layers.flatMap(({ digest }) =>
    tar("--list", "--verbose", "--numeric-owner", `--file=${blob(digest)}`, "--gzip")
      .trim()
      .split("\n"),
  );
  mkdirSync(root);
  for (const { digest } of layers)
    tar("--extract", "--no-same-owner", `--file=${blob(digest)}`, "--gzip", `--directory=${root}`);
  for (const name of MOUNT_POINTS) mkdirSync(join(root, name));
  chmodSync(root, 0o755);
  return { digest: first.digest, settings: image.config, entries };
}

function tar(...parameters: string[]): string {
  return execFileSync("tar", parameters, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}
