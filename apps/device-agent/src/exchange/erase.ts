import { DEVICE_ROUTES, erasurePermit, MESSAGE_TYPES, sanitised } from "@databox-cmk/protocol";
import type { ErasurePermit, ErasureRequest, Sanitised } from "@databox-cmk/protocol";

import type { Answered } from "../answers/signed-answer.ts";
import type { BrokerSession } from "./broker-session.ts";
import { exchange, exchangeSigned } from "./exchange.ts";

/**
 * Asks whether this node may be erased now.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`: without an answer nothing is erased
 */
export function askToErase(session: BrokerSession): Promise<Answered<ErasurePermit>> {
  const { erasureRequest, erasurePermit: permit } = MESSAGE_TYPES;
  const content = { counter: session.store.nextCounter() };
  return exchange<ErasureRequest, ErasurePermit>(
    session,
    DEVICE_ROUTES.erasures,
    erasureRequest,
    content,
    [permit, erasurePermit],
  );
}

/**
 * Has the broker countersign this node's certificate, which needs no key: it is signed already.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`
 */
export function sendCertificate(
  session: Parameters<typeof exchangeSigned>[0],
  certificate: string,
): Promise<Answered<Sanitised>> {
  const kind = [MESSAGE_TYPES.sanitised, sanitised] as const;
  return exchangeSigned(session, DEVICE_ROUTES.sanitisations, certificate, kind);
}
