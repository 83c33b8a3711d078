export type RequestOrigin = {
  readonly method: string;
  /** Header `Origin` (RFC 6454 §7). */
  readonly origin: string | undefined;
  /** Header `Sec-Fetch-Site` (Fetch Metadata); no script can set it. */
  readonly fetchSite: string | undefined;
};

/**
 * Whether a request comes from a page of this origin. Every browser of the last years says so in `Sec-Fetch-Site`; what
 * contradicts is refused. Only reading is allowed to a client that says neither: no browser writes without `Origin`.
 */
export function isSameOrigin(
  { method, origin, fetchSite }: RequestOrigin,
  ownOrigin: string,
): boolean {
  if (origin !== undefined && origin !== ownOrigin) return false;
  if (fetchSite !== undefined && fetchSite !== "same-origin") return false;
  return method === "GET" || origin !== undefined || fetchSite !== undefined;
}
