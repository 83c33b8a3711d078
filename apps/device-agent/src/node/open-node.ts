import { importVerifyKey } from "@databox-cmk/crypto";

import { type CheckedEnvelope, readSignedEnvelope } from "../answers/signed-envelope.ts";
import type { Transport } from "../broker-client/transport.ts";
import type { Volume } from "../core/ports.ts";
import { requireDeviceKey } from "../device-key/device-key.ts";
import type { NodeIdentity, BrokerSession } from "../exchange/broker-session.ts";
import { requireFile } from "../state/private-file.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { PreparedNode } from "./hold-node.ts";

/** @throws {AppError} `AgentStateUnreadable` */
export function openBrokerSession(
  node: PreparedNode,
  transport: Transport,
  deadline: AbortSignal,
  mark: (step: string) => void = () => undefined,
): BrokerSession {
  return { ...openIdentity(node), transport, deadline, mark };
}

/** @throws {AppError} `AgentStateUnreadable` */
export function openIdentity({ folder, settings, store, bootId }: PreparedNode): NodeIdentity {
  return {
    store,
    order: settings.order,
    serial: settings.serial,
    // Loaded in split custody only: an unlock in escrow does not wait for it.
    share: async (env) => (await import("../share/keep-share.ts")).readShare(folder, env),
    env: store.current.env ?? settings.env,
    suite: settings.suite,
    brokerKeys: settings.brokerKeys.map((key) => importVerifyKey(key)),
    signingKey: requireDeviceKey(folder).signingKey,
    bootId,
  };
}

/**
 * The envelope of the folder, or of the volume itself when the folder has lost it. Both are checked
 * in the same way.
 *
 * @throws {AppError} `EnvelopeRejected` or `AgentStateUnreadable`
 */
export async function readHeldEnvelope(
  folder: Pick<StateFolder, "path" | "readEnvelope">,
  volume: Pick<Volume, "readEnvelope">,
  session: NodeIdentity,
): Promise<CheckedEnvelope> {
  const jws = requireFile(
    folder.readEnvelope() ?? (await volume.readEnvelope()),
    `${folder.path}/envelope.jws`,
  );
  return readSignedEnvelope(jws, session.brokerKeys, session, session.store.current.generation);
}
