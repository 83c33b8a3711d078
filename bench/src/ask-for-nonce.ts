import { challenge, DEVICE_ROUTES } from "@databox-cmk/protocol";
import type { RawAnswer, Transport } from "@databox-cmk/testkit";

/** Or when to come again, where the broker was busy. */
export type AskedNonce =
  | { readonly nonce: string }
  | { readonly nonce: undefined; readonly waitSeconds: number };

export async function askForNonce(transport: Transport, serial: string): Promise<AskedNonce> {
  const answer = await transport.send("POST", DEVICE_ROUTES.challenges, {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ serial }),
  });
  const waitSeconds = waitSecondsOf(answer);
  if (waitSeconds !== undefined) return { nonce: undefined, waitSeconds };
  return { nonce: challenge.parse(JSON.parse(answer.text)).nonce };
}

/** The Retry-After of a 503; undefined for any other answer. */
function waitSecondsOf({ status, headers }: RawAnswer): number | undefined {
  const { "retry-after": retryAfter } = headers;
  return status === 503 && retryAfter !== undefined ? Number(retryAfter) : undefined;
}
