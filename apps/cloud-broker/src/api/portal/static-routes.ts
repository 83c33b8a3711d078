import { AppError } from "@databox-cmk/errors";
import { newNonce, pageHeaders, type StaticAnswer, type StaticSite } from "@databox-cmk/http";

import type { Answer, ServedRoute, RouteRequest } from "../../http/route.ts";

/** Paths that are not pages: an unknown one of these is 404. */
const NOT_PAGES = /^(?:api|auth|assets)(?:\/|$)/i;

/** The portal's files; any other path is one of its own pages, which index.html shows. */
export function createStaticRoutes(site: StaticSite): readonly ServedRoute[] {
  return [
    get("/", () => ({ status: 302, headers: { location: "/portal/" } })),
    get("/portal", () => renderPage(site)),
    get("/portal/*path", async (request) => {
      const path = request.parameters["path"] ?? "";
      const found = await site.file(path, {
        acceptEncoding: request.header("accept-encoding"),
        ifNoneMatch: request.header("if-none-match"),
      });
      if (found !== undefined) return renderFile(found);
      const wantsPage = /\btext\/html\b|\*\/\*/.test(request.header("accept") ?? "*/*");
      if (NOT_PAGES.test(path) || !wantsPage) throw new AppError("NotFound");
      return renderPage(site);
    }),
  ];
}

function get(
  path: string,
  handle: (request: RouteRequest) => Answer | Promise<Answer>,
): ServedRoute {
  return {
    method: "GET",
    path,
    authentication: "public",
    reads: "nothing",
    handle: async (request) => handle(request),
  };
}

function renderPage(site: StaticSite): Answer {
  const nonce = newNonce();
  return {
    status: 200,
    headers: pageHeaders(nonce, { forms: "'self'" }),
    body: { text: site.page(nonce) ?? "", mediaType: "text/html; charset=utf-8" },
  };
}

function renderFile({ status, headers, bytes }: StaticAnswer): Answer {
  const { "content-type": mediaType = "", ...others } = headers;
  return {
    status,
    headers: others,
    body: bytes === undefined ? undefined : { bytes, mediaType },
  };
}
