import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import { AppError, withoutUndefined } from "@databox-cmk/errors";

type Encoding = "br" | "gzip";
/** One file of the portal in memory, with the variants that the build compressed. */
export type StaticFile = {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly encoded: Readonly<Partial<Record<Encoding, Buffer>>>;
  readonly etag: string;
  /** Its name holds a hash of its content: it never changes. */
  readonly isImmutable: boolean;
};

/** By path below /portal/; no other file is ever served. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  json: "application/json; charset=utf-8",
  map: "application/json; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json; charset=utf-8",
  webp: "image/webp",
  woff2: "font/woff2",
};
const SUFFIXES: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz" };
const COMPRESSED = /\.(?:br|gz)$/;
/** As Vite names them: assets/name-hash.js */
const HASHED = /^assets\/.+-[\w-]{8,}\.\w+$/;

/**
 * Reads the portal's files once. The libraries sirv and express' static do not serve: both answer
 * outside of the route table, its headers and its log, and read the file system at each request.
 *
 * @throws {AppError} Misuse when the folder has no index.html
 */
export async function readStaticFiles(folder: string): Promise<StaticFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (cause: unknown) => {
      throw notAPortal(folder, cause);
    },
  );
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  const present = new Set(names);
  const files = new Map<string, StaticFile>();
  for (const name of names) {
    if (COMPRESSED.test(name)) continue;
    const mediaType = MEDIA_TYPES[name.split(".").at(-1)?.toLowerCase() ?? ""];
    if (mediaType === undefined) continue;
    const bytes = await readFile(join(folder, name));
    files.set(name, {
      mediaType,
      bytes,
      encoded: await readEncoded(folder, name, present),
      etag: `"${createHash("sha256").update(bytes).digest("base64url")}"`,
      isImmutable: HASHED.test(name),
    });
  }
  if (!files.has("index.html")) throw notAPortal(folder);
  return files;
}

async function readEncoded(
  folder: string,
  name: string,
  present: ReadonlySet<string>,
): Promise<StaticFile["encoded"]> {
  const read = async (suffix: string): Promise<Buffer | undefined> =>
    present.has(`${name}${suffix}`) ? readFile(join(folder, `${name}${suffix}`)) : undefined;
  return withoutUndefined({ br: await read(SUFFIXES.br), gzip: await read(SUFFIXES.gzip) });
}

function notAPortal(folder: string, cause?: unknown): AppError {
  return new AppError("Misuse", {
    detail: `PORTAL_DIR: ${folder} has no index.html; build the portal (vite build), or name its output folder`,
    cause,
  });
}
