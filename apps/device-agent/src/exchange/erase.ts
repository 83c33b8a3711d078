import { messageHash, signMessage } from "@databox-cmk/crypto";
import {
  DEVICE_ROUTES,
  erasurePermit,
  JOSE_MEDIA_TYPE,
  MESSAGE_TYPES,
  parseWith,
  sanitised,
} from "@databox-cmk/protocol";
import type { Denial, ErasureRequest, MessageType } from "@databox-cmk/protocol";

import { claimedType, verifiedDenial, verifiedPayload } from "../answers/signed-answer.ts";
import type { ExpectedAnswer } from "../answers/unlock-answer.ts";
import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import type { Session } from "./session.ts";

type Refused = { readonly kind: "denial"; readonly denial: Denial };

/**
 * Asks whether this node may be erased now.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`: without an answer nothing is erased
 */
export async function askToErase(
  session: Session,
): Promise<{ readonly kind: "permitted" } | Refused> {
  const { order, serial, bootId, store, signingKey, transport, deadline } = session;
  const payload: ErasureRequest = { order, serial, bootId, counter: store.nextCounter() };
  const jws = await signMessage(signingKey, MESSAGE_TYPES.erasureRequest, payload);
  const raw = await transport.post(DEVICE_ROUTES.erasures, JOSE_MEDIA_TYPE, jws, deadline);
  const expected = { ...session, requestHash: messageHash(jws) };
  if (claimedType(raw) !== MESSAGE_TYPES.erasurePermit) return refused(raw, expected);
  requireOurs(
    parseWith(erasurePermit, payloadOf(raw, expected, MESSAGE_TYPES.erasurePermit)),
    expected,
  );
  return { kind: "permitted" };
}

export type CertificateSession = Pick<
  Session,
  "order" | "serial" | "brokerKeys" | "transport" | "deadline"
>;

/**
 * Has the broker countersign this node's certificate, which needs no key: it is signed already.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`
 */
export async function sendCertificate(
  session: CertificateSession,
  certificate: string,
): Promise<
  | {
      readonly kind: "countersigned";
      readonly countersignature: string;
      readonly countersignedAt: string;
    }
  | Refused
> {
  const { transport, deadline } = session;
  const path = DEVICE_ROUTES.sanitisations;
  const raw = await transport.post(path, JOSE_MEDIA_TYPE, certificate, deadline);
  const expected = { ...session, requestHash: messageHash(certificate) };
  if (claimedType(raw) !== MESSAGE_TYPES.sanitised) return refused(raw, expected);
  const { countersignedAt } = requireOurs(
    parseWith(sanitised, payloadOf(raw, expected, MESSAGE_TYPES.sanitised)),
    expected,
  );
  return { kind: "countersigned", countersignature: raw.body, countersignedAt };
}

function refused(raw: RawAnswer, { brokerKeys, requestHash }: ExpectedAnswer): Refused {
  return { kind: "denial", denial: verifiedDenial(raw, brokerKeys, requestHash) };
}

function payloadOf(raw: RawAnswer, { brokerKeys }: ExpectedAnswer, typ: MessageType): unknown {
  return verifiedPayload(raw.body, brokerKeys, typ);
}

/** Signed by the broker, for this exact message of this node. */
function requireOurs<
  Value extends { readonly requestHash: string; readonly order: string; readonly serial: string },
>(parsed: ReturnType<typeof parseWith<Value>>, expected: ExpectedAnswer): Value {
  if (
    parsed.ok &&
    parsed.value.requestHash === expected.requestHash &&
    parsed.value.order === expected.order &&
    parsed.value.serial === expected.serial
  )
    return parsed.value;
  throw unreachable("unsigned-answer", "an answer that the broker did not sign for this message");
}
