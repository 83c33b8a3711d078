export type RequestOrigin = {
  readonly method: string;
  /** Header `Origin` (RFC 6454 §7). */
  readonly origin: string | undefined;
  /** Header `Sec-Fetch-Site` (Fetch Metadata); no script can set it. */
  readonly fetchSite: string | undefined;
};

/**
 * Whether a request comes from a page of this origin. All current browsers say so in
 * `Sec-Fetch-Site`; contradictory headers are refused. A client that sends neither header may only
 * read: every browser sends `Origin` with a write.
 */
export function isSameOrigin(
  { method, origin, fetchSite }: RequestOrigin,
  ownOrigin: string,
): boolean {
  if (origin !== undefined && origin !== ownOrigin) return false;
  if (fetchSite !== undefined && fetchSite !== "same-origin") return false;
  return method === "GET" || origin !== undefined || fetchSite !== undefined;
}
