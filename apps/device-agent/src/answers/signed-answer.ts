import { CryptoError, readHeader, type VerifyKey, verifyMessage } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import {
  BROKER_ANSWER_MAX_BYTES,
  denial,
  JOSE_MEDIA_TYPE,
  MESSAGE_TYPES,
  parseWith,
} from "@databox-cmk/protocol";
import type { Denial, MessageType } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";

/**
 * The `typ` that an answer claims, which selects the right check; nothing is proven yet.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`: the sender had no authority, even if its
 * status says otherwise
 */
export function claimedType(answer: RawAnswer): string {
  if (answer.mediaType === JOSE_MEDIA_TYPE) {
    try {
      return readHeader(answer.body, BROKER_ANSWER_MAX_BYTES).typ;
    } catch (error) {
      throw unreachable("unsigned-answer", "the answer is not a signed message", error);
    }
  }
  throw withoutAuthority(answer);
}

/**
 * The answer of a proxy, a captive portal or an overloaded front end. A portal cannot have the
 * certificate that the node was prepared with: a page behind that one is of the broker's own front
 * end, whose backend is down.
 */
export function withoutAuthority(answer: RawAnswer): AppError {
  const { status, mediaType, retryAfterSeconds, isPinned = false } = answer;
  const isPage = mediaType === "text/html";
  if (status === 429 || status === 503)
    return new AppError("BrokerBusy", {
      detail: `HTTP ${String(status)}`,
      facts: retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
    });
  if (status === 511 || (status >= 300 && status < 400) || (isPage && status < 500 && !isPinned))
    return unreachable(
      "captive-portal",
      `HTTP ${String(status)} from something that is not the broker`,
    );
  if (status >= 500 || isPage)
    return unreachable("server-error", `HTTP ${String(status)} from the broker's front end`);
  return unreachable("unsigned-answer", `HTTP ${String(status)} without a signature`);
}

/**
 * The payload, if one of `keys` signed the message as `typ`; otherwise `undefined`.
 *
 * @param keys - the broker's, as enrolled. Never taken from the message.
 */
export function verifiedPayload(jws: string, keys: readonly VerifyKey[], typ: string): unknown {
  try {
    const { kid } = readHeader(jws, BROKER_ANSWER_MAX_BYTES);
    const key = keys.find((candidate) => candidate.kid === kid);
    return key === undefined ? undefined : verifyMessage(jws, key, typ, BROKER_ANSWER_MAX_BYTES);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

/** An answer must be signed by the broker, for this exact message of this node. */
export type ExpectedAnswer = {
  readonly requestHash: string;
  readonly order: string;
  readonly serial: string;
  readonly brokerKeys: readonly VerifyKey[];
};

export type AnswerTo = {
  readonly requestHash: string;
  readonly order?: string;
  readonly serial?: string;
};
/** The `typ` by which an answer is known, and the schema that reads it. */
export type AnswerKind<Value> = readonly [MessageType, Parameters<typeof parseWith<Value>>[0]];

/**
 * The payload of an answer that the broker signed as `typ` for the expected message and, if it
 * names one, for the expected node. Anything less could be made by an attacker on the path, who
 * could then close a fleet, or keep it locked, in the broker's name.
 *
 * @throws {AppError} `BrokerUnreachable`
 */
export function verifiedAnswer<Value extends AnswerTo>(
  answer: RawAnswer,
  typ: string,
  schema: Parameters<typeof parseWith<Value>>[0],
  expected: Pick<ExpectedAnswer, "requestHash" | "brokerKeys"> & Partial<ExpectedAnswer>,
): Value {
  const parsed = parseWith(schema, verifiedPayload(answer.body, expected.brokerKeys, typ));
  if (parsed.ok && answers(parsed.value, expected)) return parsed.value;
  throw unreachable(
    "unsigned-answer",
    `an answer that the broker did not sign for this message (${typ})`,
  );
}

function answers(
  { requestHash, order, serial }: AnswerTo,
  expected: Partial<ExpectedAnswer>,
): boolean {
  return (
    requestHash === expected.requestHash &&
    (order === undefined || order === expected.order) &&
    (serial === undefined || serial === expected.serial)
  );
}

export type Refused = { readonly kind: "denial"; readonly denial: Denial };

/** An answer that must be a signed refusal. @throws {AppError} as {@link verifiedAnswer} */
export function readDenial(
  answer: RawAnswer,
  expected: Pick<ExpectedAnswer, "requestHash" | "brokerKeys">,
): Refused {
  return {
    kind: "denial",
    denial: verifiedAnswer(answer, MESSAGE_TYPES.denial, denial, expected),
  };
}

/** `jws`: the answer as the broker signed it. */
export type Answered<Value> =
  | { readonly kind: "answer"; readonly value: Value; readonly jws: string }
  | Refused;

/** An answer of one kind, or a denial. @throws {AppError} `BrokerUnreachable` or `BrokerBusy` */
export function readAnswer<Value extends AnswerTo>(
  answer: RawAnswer,
  [typ, schema]: AnswerKind<Value>,
  expected: ExpectedAnswer,
): Answered<Value> {
  if (claimedType(answer) !== typ) return readDenial(answer, expected);
  const value = verifiedAnswer(answer, typ, schema, expected);
  return { kind: "answer", value, jws: answer.body };
}
