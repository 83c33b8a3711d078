import {
  CryptoError,
  decodeBase64url,
  equalConstantTime,
  SHARE_BYTES,
  zero,
} from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { CommandDependencies, VolumeDependencies } from "../node/dependencies.ts";
import { eventOf } from "../node/event-of.ts";
import { holdNode, requirePrepared } from "../node/hold-node.ts";
import { withJournal } from "../node/journaled-node.ts";
import { openIdentity, readHeldEnvelope } from "../node/open-node.ts";
import { findShare, isSplitRekey, keepShare, readShare } from "../share/keep-share.ts";
import { isSplit } from "../share/unlock-key.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { openVolume } from "../volume/choose-volume.ts";

/**
 * Gives this node the share that its owner's recovery key opened, after the hardware that had it
 * was replaced. The next unlock uses it; a re-key replaces it by one that never left the node. Of
 * the shares that are present, only one that was given and has opened nothing yet is overwritten:
 * it may be another node's.
 *
 * @throws {AppError} `Misuse`, `AgentStateUnreadable` or `AgentStateUnwritable`
 */
export async function recover(
  dependencies: VolumeDependencies & Pick<CommandDependencies, "readSecret">,
): Promise<AgentEvent> {
  const { stateDir, credentialsFolder, cryptsetupFolders } = dependencies;
  requirePrepared(stateDir, credentialsFolder); // Before a person is asked to type.
  const typed = await dependencies.readSecret("The node's share, in base64url");
  const share = decodeShare(typed);
  zero(typed);
  using held = new DisposableStack();
  held.defer(() => zero(share));
  const node = withJournal(held.use(await holdNode(dependencies)), dependencies);
  const { folder, settings, store } = node;
  const volume = openVolume(settings.volume, settings.serial, cryptsetupFolders);
  const identity = openIdentity(node);
  const env = missingOfRekey(folder, store.current) ?? identity.env;
  if (env === identity.env && !isSplit(await readHeldEnvelope(folder, volume, identity)))
    throw misuse("this node's custody is not split: it needs no share");
  const found = await compareShare(folder, env, share);
  if (found === "other" && store.current.shareUnproven !== true)
    throw misuse("this node has a share already, and it is another one");
  if (found !== "same") {
    // Before the share: a wrong one can then be replaced, whenever this is killed.
    store.update({ shareUnproven: true });
    await keepShare(folder, env, share);
    node.record("share-recovered", { env });
  }
  return {
    ...eventOf("recover", settings, dependencies),
    outcome: "recovered",
    notes: [
      "unlock the node now, then re-key it (rekey --recovery-keys, with the thumbprints of the owner's keys): the share that was carried is then worth nothing",
    ],
  };
}

/** The envelope of an interrupted re-key, which cannot be finished without its share. */
function missingOfRekey(
  folder: Pick<StateFolder, "path">,
  { rekey }: Pick<MachineState, "rekey">,
): string | undefined {
  if (rekey === undefined || rekey.step === "proposed") return undefined;
  const isMissing = isSplitRekey(folder, rekey) && findShare(folder, rekey.env) === "missing";
  return isMissing ? rekey.env : undefined;
}

/** @throws {AppError} as `readShare` */
async function compareShare(
  folder: Pick<StateFolder, "path">,
  env: string,
  share: Uint8Array,
): Promise<"missing" | "same" | "other"> {
  if (findShare(folder, env) === "missing") return "missing";
  const present = await readShare(folder, env);
  try {
    return equalConstantTime(present, share) ? "same" : "other";
  } finally {
    zero(present);
  }
}

/** @throws {AppError} `Misuse` */
function decodeShare(typed: Uint8Array): Uint8Array {
  try {
    const share = decodeBase64url(Buffer.from(typed).toString("latin1").trim(), "share");
    if (share.byteLength === SHARE_BYTES) return share;
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
  }
  throw misuse(
    "expected the 32 bytes of a share in base64url, as `jose jwe dec … | jose b64 enc -I-` prints them",
  );
}

const misuse = (detail: string): AppError =>
  new AppError("Misuse", { detail: `recover: ${detail}` });
