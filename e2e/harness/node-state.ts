import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { json } from "node:stream/consumers";

/** The public part of a node's page. Its certificate is its own: people compare the fingerprint. */
export async function readNodeState(uiUrl: string): Promise<unknown> {
  const request = get(`${uiUrl}/api/state`, { rejectUnauthorized: false, agent: false });
  const [response]: IncomingMessage[] = await once(request, "response");
  return response === undefined ? undefined : json(response);
}
