import { randomBytes } from "node:crypto";

import { AppError } from "@databox-cmk/errors";

import type { Answer, Route, RouteRequest } from "../../http/route.ts";
import type { StaticFile, StaticFiles } from "./static-files.ts";

/** The build's placeholder for a response's nonce (Vite: `html.cspNonce`). */
const NONCE_PLACEHOLDER = "__CSP_NONCE__";
const NONCE_BYTES = 18;
const INDEX = "index.html";
const YEAR_SECONDS = 31_536_000;
/** Paths that are not pages: an unknown one of these is 404. */
const NOT_PAGES = /^(?:api|auth|assets)(?:\/|$)/i;

/** The portal's files; any other path is one of its own pages, which index.html shows. */
export function createStaticRoutes(files: StaticFiles): readonly Route[] {
  return [
    get("/", () => ({ status: 302, headers: { location: "/portal/" } })),
    get("/portal", () => renderIndex(files)),
    get("/portal/*path", (request) => {
      const path = request.parameters["path"] ?? "";
      const file = path === INDEX ? undefined : files.get(path);
      if (file !== undefined) return renderFile(file, request);
      const wantsPage = /\btext\/html\b|\*\/\*/.test(request.header("accept") ?? "*/*");
      if (NOT_PAGES.test(path) || !wantsPage) throw new AppError("NotFound");
      return renderIndex(files);
    }),
  ];
}

function get(path: string, handle: (request: RouteRequest) => Answer): Route {
  return {
    method: "GET",
    path,
    authentication: "public",
    reads: "nothing",
    handle: async (request) => handle(request),
  };
}

/**
 * Styles that the page creates carry the nonce of this response, so it is new each time and never
 * stored. `img-src data:` is for pictures of QR codes; the camera is for reading them.
 */
function renderIndex(files: StaticFiles): Answer {
  const nonce = randomBytes(NONCE_BYTES).toString("base64");
  const html = files.get(INDEX)?.bytes.toString("utf8") ?? "";
  return {
    status: 200,
    headers: {
      "content-security-policy": [
        "default-src 'none'",
        `script-src 'self' 'nonce-${nonce}'`,
        `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ].join("; "),
      "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
      ...PAGE_HEADERS,
    },
    body: {
      text: html.replaceAll(NONCE_PLACEHOLDER, nonce),
      mediaType: "text/html; charset=utf-8",
    },
  };
}

const PAGE_HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
} as const;

function renderFile(file: StaticFile, request: RouteRequest): Answer {
  const headers = {
    ...PAGE_HEADERS,
    "cache-control": file.isImmutable
      ? `public, max-age=${String(YEAR_SECONDS)}, immutable`
      : "no-cache",
    etag: file.etag,
    vary: "accept-encoding",
  };
  if (request.header("if-none-match") === file.etag) return { status: 304, headers };
  for (const encoding of ["br", "gzip"] as const) {
    const bytes = file.encoded[encoding];
    if (bytes === undefined || !accepts(request, encoding)) continue;
    return {
      status: 200,
      headers: { ...headers, "content-encoding": encoding },
      body: { bytes, mediaType: file.mediaType },
    };
  }
  return { status: 200, headers, body: { bytes: file.bytes, mediaType: file.mediaType } };
}

/** RFC 9110 §12.5.3, as far as browsers use it: named, and not with weight 0. */
function accepts(request: RouteRequest, encoding: string): boolean {
  return (request.header("accept-encoding") ?? "").split(",").some((each) => {
    const [name = "", weight = ""] = each.split(";", 2);
    return name.trim().toLowerCase() === encoding && !/^\s*q=0(?:\.0{1,3})?\s*$/.test(weight);
  });
}
