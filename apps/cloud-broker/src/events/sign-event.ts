import { hash } from "node:crypto";

import type { SigningKey } from "@databox-cmk/crypto";
import { httpbis } from "http-message-signatures";

import { CLOUD_EVENT_MEDIA_TYPE } from "../core/cloud-event.ts";
import type { EpochMs } from "../core/order.ts";

/**
 * Headers of an event: HTTP Message Signatures (RFC 9421, ecdsa-p256-sha256) over method, address,
 * body digest (RFC 9530), media type and event id. Uses http-message-signatures. Standard Webhooks
 * does not serve: it has only HMAC and Ed25519, and the broker's key is on P-256.
 */
export async function signEvent(
  key: SigningKey,
  event: { readonly id: string; readonly url: string; readonly body: string },
  nowMs: EpochMs,
): Promise<Readonly<Record<string, string>>> {
  const { id, url, body } = event;
  const message = {
    method: "POST",
    url,
    headers: {
      "content-type": CLOUD_EVENT_MEDIA_TYPE,
      "content-digest": `sha-256=:${hash("sha256", body, "base64")}:`,
      "webhook-id": id,
    },
  };
  const signed = await httpbis.signMessage(
    {
      key: {
        id: key.kid,
        alg: "ecdsa-p256-sha256",
        sign: async (data) => Buffer.from(await key.sign(data)),
      },
      name: "broker",
      fields: ["@method", "@target-uri", "content-type", "content-digest", "webhook-id"],
      params: ["created", "keyid", "alg"],
      paramValues: { created: new Date(nowMs) },
    },
    message,
  );
  return Object.fromEntries(
    Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
