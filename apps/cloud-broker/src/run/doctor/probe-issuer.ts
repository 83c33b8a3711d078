import type { Agent } from "node:https";

import { type CheckFailure, type Finding } from "@databox-cmk/errors";
import * as z from "zod/mini";

import { createFetchByAgent } from "../../azure/fetch-by-agent.ts";
import { codeOf } from "../../azure/transport.ts";
import { networkReason } from "../../core/classify-network-failure.ts";

const TIMEOUT_MS = 5_000;
const DISCOVERY = z.object({ issuer: z.string(), jwks_uri: z.url() });
const KEY_SET = z.object({ keys: z.array(z.object({ kid: z.string() })) });

/**
 * Does the same as Entra ID before it trusts an assertion: fetches the discovery document under
 * BROKER_URL, then the keys.
 *
 * @param ownKid - of the signing key; undefined before the first start and for a key in a vault:
 * then nothing is compared
 */
export async function probeIssuer(
  agent: Agent,
  brokerUrl: string,
  ownKid: string | undefined,
): Promise<Finding> {
  const get = createFetchByAgent(agent);
  const fetchJson = async (url: string): Promise<unknown> => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await get(url, { headers: new Headers(), signal });
    return answer.status === 200 ? answer.json() : undefined;
  };
  try {
    const discovery = DISCOVERY.safeParse(
      await fetchJson(`${brokerUrl}/.well-known/openid-configuration`),
    );
    if (!discovery.success) return fail("answers, but not as the broker's issuer");
    if (discovery.data.issuer !== brokerUrl)
      return fail(`says that it is ${discovery.data.issuer}`);
    const keys = KEY_SET.safeParse(await fetchJson(discovery.data.jwks_uri));
    if (!keys.success) return fail("shows no keys");
    if (ownKid !== undefined && !keys.data.keys.some(({ kid }) => kid === ownKid))
      return fail("shows keys that are not the broker's own: another broker answers there");
    const { length } = keys.data.keys;
    return {
      ok: true,
      found: `${brokerUrl} shows ${String(length)} key${length === 1 ? "" : "s"}`,
    };
  } catch (error) {
    return fail(
      `cannot be reached (${codeOf(error) ?? "no answer"})`,
      networkReason(codeOf(error)),
    );
  }

  function fail(what: string, reason = "unsigned-answer"): Finding {
    const failure: CheckFailure = {
      code: "BrokerUnreachable",
      reason,
      detail: `${brokerUrl} ${what}`,
      facts: { brokerUrl },
      remedy: {
        who: "broker-operator",
        text: "Start the broker, and check that BROKER_URL reaches it from the internet: Entra ID fetches its keys there",
        command: `curl --fail '${brokerUrl}/.well-known/openid-configuration'`,
      },
    };
    return { ok: false, failure };
  }
}
