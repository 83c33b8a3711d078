import { readKeptEnvelope } from "../answers/signed-envelope.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { Settings } from "../core/settings.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { findShare, type ShareStorage } from "./keep-share.ts";
import { isSplit } from "./unlock-key.ts";

const PLACES = {
  tpm: "sealed by the TPM",
  file: "in a file",
  missing: "missing: databox-agent recover",
} as const satisfies Record<ShareStorage, string>;

export type DescribedShare = {
  readonly env: string;
  readonly share: string;
  /** Thumbprints of recovery keys. */
  readonly shareCopiedFor: string;
};

/**
 * This node's share of the current envelope; undefined in escrow, which needs none.
 *
 * @throws {AppError} as `isSplitNode`
 */
export function describeShare(
  folder: Pick<StateFolder, "path" | "readEnvelope">,
  settings: Settings,
  state: MachineState,
): DescribedShare | undefined {
  if (!isSplitNode(folder, settings, state)) return undefined;
  const env = state.env ?? settings.env;
  const share = PLACES[findShare(folder, env)];
  return { env, share, shareCopiedFor: state.shareCopiedFor?.join(" ") ?? "no recovery key" };
}

/** {@link isSplitNode}, in the words of the unlock policy. */
export const custodyOf = (...node: Parameters<typeof isSplitNode>): "escrow" | "split" =>
  isSplitNode(...node) ? "split" : "escrow";

/**
 * Whether this node's custody is split: its envelope, which the broker signed, says so.
 *
 * @throws {AppError} `EnvelopeRejected` or `AgentStateUnreadable`
 */
export function isSplitNode(
  folder: Pick<StateFolder, "path" | "readEnvelope">,
  settings: Settings,
  state: Pick<MachineState, "env">,
): boolean {
  const jws = folder.readEnvelope();
  // Where the envelope is lost, a share for it says as much.
  if (jws === undefined) return findShare(folder, state.env ?? settings.env) !== "missing";
  return isSplit(readKeptEnvelope(jws, settings, state));
}
