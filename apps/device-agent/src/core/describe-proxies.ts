const PROXY_VARIABLES = new Set(["http_proxy", "https_proxy", "all_proxy", "no_proxy"]);

/**
 * The agent connects to its broker directly: a proxy that opens TLS would be a stranger with the
 * broker's name. Only names are shown, since such variables often hold a password.
 *
 * @param names - of all environment variables
 */
export function describeProxies(names: readonly string[]): string {
  const seen = names.filter((name) => PROXY_VARIABLES.has(name.toLowerCase())).toSorted();
  if (seen.length === 0) return "none; the broker is reached directly";
  return `${seen.join(", ")} ${seen.length === 1 ? "is" : "are"} set and ignored; the broker is reached directly`;
}
