import { rootCertificates } from "node:tls";

import { Agent, request } from "undici";

import { loopbackLookup } from "./loopback-lookup.ts";

const ANSWER_BYTES_MAXIMUM = 262_144;
const TIMEOUT_MS = 5_000;

/**
 * Fetches documents of federated issuers.
 *
 * @param authorities - PEM certificates trusted beside the public ones; asked at each connection,
 * since they can be set later.
 */
export function createIssuerFetch(authorities: () => readonly string[]): {
  fetchJson: (url: string) => Promise<unknown>;
  close: () => Promise<void>;
} {
  let agent: { trusted: string; agent: Agent } | undefined;
  const agentFor = (): Agent => {
    const extra = authorities();
    const trusted = extra.join("");
    if (agent?.trusted !== trusted) {
      agent = {
        trusted,
        agent: new Agent({
          connect: { ca: [...rootCertificates, ...extra], lookup: loopbackLookup },
          headersTimeout: TIMEOUT_MS,
          bodyTimeout: TIMEOUT_MS,
        }),
      };
    }
    return agent.agent;
  };
  return {
    async fetchJson(url) {
      if (new URL(url).protocol !== "https:")
        throw new Error(`${url}: an issuer must be reached by https`);
      const { statusCode, body } = await request(url, {
        dispatcher: agentFor(),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const parts: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of body) {
        const part = Buffer.from(chunk);
        bytes += part.length;
        if (bytes > ANSWER_BYTES_MAXIMUM)
          throw new Error(`${url}: answer exceeds ${ANSWER_BYTES_MAXIMUM} bytes`);
        parts.push(part);
      }
      if (statusCode !== 200) throw new Error(`${url}: answered ${statusCode}`);
      return JSON.parse(Buffer.concat(parts).toString("utf8")) as unknown;
    },
    close: async () => {
      await agent?.agent.close();
    },
  };
}
