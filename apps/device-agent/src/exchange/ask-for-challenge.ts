import { messageHash } from "@databox-cmk/crypto";
import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import type { BrokerSession } from "./broker-session.ts";

/**
 * The first message to the broker. It needs neither key nor state, so it can be sent before
 * anything else is loaded.
 */
export function askForChallenge(
  session: Pick<BrokerSession, "transport" | "serial" | "deadline">,
): Promise<RawAnswer> {
  const { transport, serial, deadline } = session;
  return transport.post(DEVICE_ROUTES.challenges, "application/json", bodyFor(serial), deadline);
}

/** A denial of the challenge refers to this. */
export function challengeHash({ serial }: Pick<BrokerSession, "serial">): string {
  return messageHash(bodyFor(serial));
}

function bodyFor(serial: string): string {
  return JSON.stringify({ serial });
}
