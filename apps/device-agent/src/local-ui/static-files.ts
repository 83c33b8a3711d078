import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
};
const NONCE_PLACE = "__CSP_NONCE__";
/** Bundlers put a hash of the content into such names. */
const HASHED = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

export type StaticFile = {
  readonly mediaType: string;
  readonly content: Buffer;
  readonly isImmutable: boolean;
};

export type StaticFiles = {
  find(path: string): StaticFile | undefined;
  /** The page itself, for this answer's nonce; undefined if no page was built. */
  page(nonce: string): Buffer | undefined;
};

/**
 * Everything is read once and served by exact name: a request never becomes a path of the file
 * system.
 */
export function readStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, StaticFile>();
  for (const path of listFiles(folder)) {
    const mediaType = MEDIA_TYPES[extname(path)];
    if (mediaType === undefined) continue;
    const name = `/${relative(folder, path).split(sep).join("/")}`;
    files.set(name, { mediaType, content: readFileSync(path), isImmutable: HASHED.test(name) });
  }
  const index = files.get("/index.html")?.content.toString("utf8");
  files.delete("/index.html");
  return {
    find: (path) => files.get(path),
    page: (nonce) =>
      index === undefined ? undefined : Buffer.from(index.replaceAll(NONCE_PLACE, nonce)),
  };
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return []; // No page was built: only the API is served.
  }
}
