import type { HttpRequest } from "../http/message.ts";

/**
 * POST with `X-HTTP-METHOD` stands for the method named there, for clients behind proxies that know
 * GET and POST only. The page that documents it ("Authentication, requests and responses") calls
 * the header X-HTTP-REQUEST too.
 */
export function methodOf({ headers, method }: Pick<HttpRequest, "headers" | "method">): string {
  const override = headers["x-http-method"] ?? headers["x-http-request"];
  return method === "POST" && typeof override === "string" ? override.toUpperCase() : method;
}

/**
 * Clients join a vault's URL, which ends with a slash, and a path (`//keys/n`); the .NET client
 * before 4.8 sends `/keys//restore`. The service takes both. Elsewhere, an empty segment is a
 * missing name or version.
 */
export function pathOf({ path }: Pick<HttpRequest, "path">): string {
  if (!path.includes("//")) return path;
  return path.replace(/^\/{2,}/u, "/").replace(/^\/keys\/{2,}restore\/?$/iu, "/keys/restore");
}
