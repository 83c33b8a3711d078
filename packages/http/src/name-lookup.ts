import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";

const QUERY = { timeout: 1_000, tries: 2 };
/**
 * How long an IPv4 answer waits for the IPv6 one. RFC 8305 §3 has 50 ms, but adds late answers;
 * here nothing is added later.
 */
const RESOLUTION_DELAY_MS = 500;

/**
 * A `lookup` for sockets that asks one name server for both families at once. Only `ENOTFOUND` says
 * that a name does not exist.
 *
 * @param server - address and port; an IPv6 address in brackets
 */
export function lookupBy(server: string): LookupFunction {
  return (hostname, { all }, callback) => {
    void answerLookup(server, hostname, all === true, callback);
  };
}

async function answerLookup(
  server: string,
  hostname: string,
  all: boolean,
  callback: Parameters<LookupFunction>[2],
): Promise<void> {
  let found: LookupAddress[];
  try {
    found = await resolveBy(server, hostname);
  } catch (error) {
    callback(error instanceof Error ? error : new Error("lookup failed"), "", 4);
    return;
  }
  if (all) callback(null, found);
  else callback(null, found[0]?.address ?? "", found[0]?.family);
}

/** Node's resolver is loaded on use: most machines use their system's. */
async function resolveBy(server: string, hostname: string): Promise<LookupAddress[]> {
  const { Resolver } = await import("node:dns/promises");
  const { setTimeout: sleep } = await import("node:timers/promises");
  const resolver = new Resolver(QUERY);
  resolver.setServers([server]);
  try {
    const ipv4 = resolver.resolve4(hostname);
    const ipv6OrNone = resolver.resolve6(hostname).catch((): string[] => []);
    const late = ipv4.then((): Promise<string[]> => sleep(RESOLUTION_DELAY_MS, []));
    const v6 = (await Promise.any([ipv6OrNone, late])).map((address) => ({ address, family: 6 }));
    const v4 = ipv4.then((found) => found.map((address) => ({ address, family: 4 })));
    return v6.length > 0 ? [...(await v4.catch(() => [])), ...v6] : await v4;
  } catch (error) {
    // c-ares returns this when it reached no name server; unchanged, it would look like the port of
    // the host that has the name.
    if (!(error instanceof Error && "code" in error && error.code === "ECONNREFUSED")) throw error;
    throw Object.assign(new Error("no name server answers", { cause: error }), {
      code: "EAI_AGAIN",
    });
  }
}
