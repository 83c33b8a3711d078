import { readHeader, type SigningKey, signMessage } from "@databox-cmk/crypto";
import { BROKER_ANSWER_MAX_BYTES, JOSE_MEDIA_TYPE } from "@databox-cmk/protocol";
import type { FakeBroker, FakeNode, WireAnswer } from "@databox-cmk/testkit";
import * as z from "zod";

/** A forger has the broker, its keys, and its honest answer to this request. */
export type Forgery = {
  readonly broker: FakeBroker;
  readonly serial: string;
  readonly honest: string;
  readonly request: string;
};
/** Makes an answer that the broker would not give. */
export type Forge = (forgery: Forgery) => Promise<string> | string;

export function nodeOf({ broker, serial }: Pick<Forgery, "broker" | "serial">): FakeNode {
  const node = broker.nodes.get(serial);
  if (node === undefined) throw new Error("the node is not known");
  return node;
}

const content = z.record(z.string(), z.unknown());

/** The content of a signed message, for a forger: the signature is not verified. */
export function contentOf(jws: string): Readonly<Record<string, unknown>> {
  return content.parse(JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()));
}

/** The same answer with the signature of another key; one without a signature stays. */
export async function resign(key: SigningKey, answer: WireAnswer): Promise<WireAnswer> {
  if (answer.headers["content-type"] !== JOSE_MEDIA_TYPE) return answer;
  const { typ } = readHeader(answer.body, BROKER_ANSWER_MAX_BYTES);
  return { ...answer, body: await signMessage(key, typ, contentOf(answer.body)) };
}
