import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { OWN_SITE } from "./page-headers.ts";

export type StaticAnswer = {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes?: Uint8Array;
};

export type StaticSite = {
  /** A file by its exact path below the site; undefined: there is none. */
  file(path: string, request: Conditions): Promise<StaticAnswer> | undefined;
  /** `index.html` for an answer with this nonce; undefined: no page was built. */
  page(nonce: string): string | undefined;
};

/** Headers of the request. */
type Conditions = {
  readonly acceptEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
};

/** One file in memory. */
type StaticFile = {
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Weak: it is the same for each encoding (RFC 9110 §8.8.3.3). */
  readonly etag: string;
  /** Its name holds a hash of its content: it never changes. */
  readonly isImmutable: boolean;
  /** Compressed at the first request for it; undefined if that would not make it smaller. */
  readonly encoded: (encoding: Encoding) => Promise<Uint8Array | undefined>;
};

const ENCODINGS = {
  br: (bytes: Buffer): Promise<Uint8Array> =>
    brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (bytes: Buffer): Promise<Uint8Array> => zip(bytes),
} as const;
type Encoding = keyof typeof ENCODINGS;
const PREFERRED: readonly Encoding[] = ["br", "gzip"];
/** 300 kB in 10 ms; 11, the default, takes half a second and saves a tenth. */
const BROTLI_QUALITY = 5;
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

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
const COMPRESSED = /^(?:font\/|image\/(?:jpeg|png|webp)$)/;
/** Vite names files so: assets/name-hash.js */
const HASHED = /^assets\/.+-[\w-]{8,}\.\w+$/;
const INDEX = "index.html";
/** The build's placeholder for a response's nonce (Vite: `html.cspNonce`). */
const NONCE_PLACEHOLDER = "__CSP_NONCE__";
const YEAR_SECONDS = 31_536_000;

/**
 * The files of a built page, read once and served by exact name: a request never becomes a path of
 * the file system. The libraries sirv and express' static do not serve: both answer outside of the
 * route table, its headers and its log, and read the file system at each request.
 *
 * @param folder - missing: a site without files
 */
export function readStaticSite(folder: string): StaticSite {
  const files = new Map<string, StaticFile>();
  for (const path of listFiles(folder)) {
    const name = relative(folder, path).split(sep).join("/");
    const mediaType = MEDIA_TYPES[name.split(".").at(-1)?.toLowerCase() ?? ""];
    if (mediaType !== undefined) files.set(name, readFile(path, name, mediaType));
  }
  const index = files.get(INDEX)?.bytes.toString("utf8");
  files.delete(INDEX);
  return {
    file(path, request) {
      const file = files.get(path);
      return file === undefined ? undefined : answerWith(file, request);
    },
    page: (nonce) => index?.replaceAll(NONCE_PLACEHOLDER, nonce),
  };
}

function readFile(path: string, name: string, mediaType: string): StaticFile {
  const bytes = readFileSync(path);
  const known = new Map<Encoding, Promise<Uint8Array | undefined>>();
  const encode = async (encoding: Encoding): Promise<Uint8Array | undefined> => {
    if (COMPRESSED.test(mediaType)) return undefined;
    const encoded = await ENCODINGS[encoding](bytes);
    return encoded.byteLength < bytes.byteLength ? encoded : undefined;
  };
  return {
    mediaType,
    bytes,
    etag: `W/"${createHash("sha256").update(bytes).digest("base64url")}"`,
    isImmutable: HASHED.test(name),
    encoded(encoding) {
      const encoded = known.get(encoding) ?? encode(encoding);
      known.set(encoding, encoded);
      return encoded;
    },
  };
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

async function answerWith(
  file: StaticFile,
  { acceptEncoding, ifNoneMatch }: Conditions,
): Promise<StaticAnswer> {
  const headers = {
    ...OWN_SITE,
    "cache-control": file.isImmutable
      ? `public, max-age=${String(YEAR_SECONDS)}, immutable`
      : "no-cache",
    "content-type": file.mediaType,
    etag: file.etag,
    vary: "accept-encoding",
  };
  if (ifNoneMatch === file.etag) return { status: 304, headers };
  for (const encoding of PREFERRED) {
    const bytes = accepts(acceptEncoding, encoding) ? await file.encoded(encoding) : undefined;
    if (bytes !== undefined)
      return { status: 200, headers: { ...headers, "content-encoding": encoding }, bytes };
  }
  return { status: 200, headers, bytes: file.bytes };
}

/** RFC 9110 §12.5.3, as far as browsers use it: named, and not with weight 0. */
function accepts(header: string | undefined, encoding: Encoding): boolean {
  return (header ?? "").split(",").some((each) => {
    const [name = "", weight = ""] = each.split(";", 2);
    return name.trim().toLowerCase() === encoding && !/^\s*q=0(?:\.0{1,3})?\s*$/.test(weight);
  });
}
