import { readHeader, type SigningKey, signMessage } from "@databox-cmk/crypto";
import { BROKER_ANSWER_MAX_BYTES, JOSE_MEDIA_TYPE } from "@databox-cmk/protocol";
import type { WireAnswer } from "@databox-cmk/testkit";

import { contentOf } from "../content-of.ts";

/** The same answer with the signature of another key; one without a signature stays. */
export async function resign(key: SigningKey, answer: WireAnswer): Promise<WireAnswer> {
  if (answer.headers["content-type"] !== JOSE_MEDIA_TYPE) return answer;
  const { typ } = readHeader(answer.body, BROKER_ANSWER_MAX_BYTES);
  return { ...answer, body: await signMessage(key, typ, contentOf(answer.body)) };
}
