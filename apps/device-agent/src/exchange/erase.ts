import { messageHash, signMessage } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { ErasureRequest } from "@databox-cmk/protocol";

import { readErasurePermit, readSanitised } from "../answers/erasure-answer.ts";
import type { Session } from "./session.ts";

/**
 * Asks whether this node may be erased now.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`: without an answer nothing is erased
 */
export async function askToErase(session: Session): Promise<ReturnType<typeof readErasurePermit>> {
  const { order, serial, bootId, store, signingKey, transport, deadline } = session;
  const payload: ErasureRequest = { order, serial, bootId, counter: store.nextCounter() };
  const jws = await signMessage(signingKey, MESSAGE_TYPES.erasureRequest, payload);
  const raw = await transport.post(DEVICE_ROUTES.erasures, JOSE_MEDIA_TYPE, jws, deadline);
  return readErasurePermit(raw, { ...session, requestHash: messageHash(jws) });
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
): Promise<ReturnType<typeof readSanitised>> {
  const { transport, deadline } = session;
  const path = DEVICE_ROUTES.sanitisations;
  const raw = await transport.post(path, JOSE_MEDIA_TYPE, certificate, deadline);
  return readSanitised(raw, { ...session, requestHash: messageHash(certificate) });
}
