/**
 * Absolute form (RFC 9112 §3.2.2): which host it names does not matter, as with the Host header.
 */
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/**
 * Reads the target of a request line without `new URL`, which throws for `//[` and takes
 * `//host/path` for another host.
 *
 * @returns the path with its query; undefined for `*`, `host:port` and anything else that does not
 * name a path
 */
export function parseRequestTarget(target: string): string | undefined {
  if (target.startsWith("/")) return target;
  const path = target.replace(ABSOLUTE_FORM, "");
  if (path === target) return undefined;
  return path.startsWith("/") ? path : `/${path}`;
}
