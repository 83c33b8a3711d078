import { messageHash, signMessage } from "@databox-cmk/crypto";
import { acknowledgement, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { MessageType } from "@databox-cmk/protocol";

import { readAnswer } from "../answers/signed-answer.ts";
import type { Answered, AnswerKind, AnswerTo, ExpectedAnswer } from "../answers/signed-answer.ts";
import type { RawAnswer } from "../broker-client/transport.ts";
import type { BrokerSession } from "./broker-session.ts";

type ReadingSession = Pick<
  BrokerSession,
  "order" | "serial" | "brokerKeys" | "transport" | "deadline"
>;
/** The dependencies of an exchange that signs its message. */
export type SigningSession = ReadingSession & Pick<BrokerSession, "signingKey" | "bootId">;
/** Each message names its node and, but for the question about the broker's keys, its boot. */
type SendingSession = Omit<SigningSession, "bootId"> & { readonly bootId: string | undefined };
/** The members of a message that are not those of its node. */
export type Content<Message> = Omit<Message, "order" | "serial" | "bootId">;

export const ACKNOWLEDGEMENT = [MESSAGE_TYPES.acknowledgement, acknowledgement] as const;

/** Signs a message of this node and sends it. @throws {AppError} `BrokerUnreachable` */
export async function send<Message>(
  session: SendingSession,
  path: string,
  typ: MessageType,
  content: Content<Message>,
): Promise<{ readonly raw: RawAnswer; readonly expected: ExpectedAnswer }> {
  const { order, serial, bootId, signingKey } = session;
  const jws = await signMessage(signingKey, typ, { ...content, order, serial, bootId });
  return post(session, path, jws);
}

async function post(session: ReadingSession, path: string, jws: string) {
  const { order, serial, brokerKeys, transport, deadline } = session;
  const raw = await transport.post(path, JOSE_MEDIA_TYPE, jws, deadline);
  return { raw, expected: { order, serial, brokerKeys, requestHash: messageHash(jws) } };
}

/** One message, and its answer. @throws {AppError} `BrokerUnreachable` or `BrokerBusy` */
export async function exchange<Message, Value extends AnswerTo>(
  session: SendingSession,
  path: string,
  typ: MessageType,
  content: Content<Message>,
  kind: AnswerKind<Value>,
): Promise<Answered<Value>> {
  const { raw, expected } = await send<Message>(session, path, typ, content);
  return readAnswer(raw, kind, expected);
}

/** The answer to a message that was signed before. @throws {AppError} as {@link exchange} */
export async function exchangeSigned<Value extends AnswerTo>(
  session: ReadingSession,
  path: string,
  jws: string,
  kind: AnswerKind<Value>,
): Promise<Answered<Value>> {
  const { raw, expected } = await post(session, path, jws);
  return readAnswer(raw, kind, expected);
}
