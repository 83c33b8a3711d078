const START = "/portal/";
const MAX_CHARACTERS = 1024;
/**
 * Characters of paths, queries and fragments (RFC 3986 §3), without the backslash, which browsers
 * read as a slash.
 */
const PORTAL_PATH = /^\/portal\/[\w.~!$&'()*+,;=:@%/?#-]*$/;
/**
 * Path segments as browsers interpret them before they send the request (URL Standard, "double-dot
 * URL path segment").
 */
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i;
/** Returning there would begin another sign-in, or show JSON to a person. */
const NOT_A_PAGE = /^\/portal\/(?:auth|api)(?:\/|$)/i;

/**
 * The page that a person sees after signing in: always a page of the portal, even if the link
 * requested another one.
 */
export function decideReturnPath(wanted: string | null | undefined): string {
  if (wanted === null || wanted === undefined || wanted.length > MAX_CHARACTERS) return START;
  if (!PORTAL_PATH.test(wanted)) return START;
  const [path = ""] = wanted.split(/[?#]/, 1);
  if (NOT_A_PAGE.test(path)) return START;
  return path.split("/").some((segment) => DOT_SEGMENT.test(segment)) ? START : wanted;
}
