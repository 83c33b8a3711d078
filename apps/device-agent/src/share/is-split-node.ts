import { importVerifyKey } from "@databox-cmk/crypto";

import { readSignedEnvelope } from "../answers/signed-envelope.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { Settings } from "../core/settings.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { isSplit } from "./unlock-key.ts";

/**
 * Whether this node's custody is split: its envelope, which the broker signed, says so.
 *
 * @throws {AppError} `EnvelopeRejected` or `AgentStateUnreadable`
 */
export function isSplitNode(
  folder: Pick<StateFolder, "readEnvelope">,
  settings: Settings,
  state: MachineState,
): boolean {
  const jws = folder.readEnvelope();
  if (jws === undefined) return false;
  const { order, serial } = settings;
  const owner = { order, serial, env: state.env ?? settings.env };
  const keys = settings.brokerKeys.map((key) => importVerifyKey(key));
  return isSplit(readSignedEnvelope(jws, keys, owner, 0));
}
