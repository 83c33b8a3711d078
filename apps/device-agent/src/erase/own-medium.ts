import { AppError } from "@databox-cmk/errors";

import type { MachineState } from "../core/machine-state.ts";
import type { Volume } from "../core/ports.ts";

/**
 * A path may name another disk than the one that was prepared.
 *
 * @param state - `whole`: the volume must carry its mark; `partly`: it may be overwritten already
 * @returns UUID of the volume
 * @throws {AppError} `VolumeNotFound` or `VolumeUnavailable`: nothing on it is touched
 */
export async function requireOwnMedium(
  volume: Volume,
  { preparation }: MachineState,
  state: "whole" | "partly",
): Promise<string> {
  const { path } = volume;
  const own = preparation.step === "prepared" ? preparation.volumeId : undefined;
  const content = await volume.inspect();
  if (content.kind === "missing")
    throw new AppError("VolumeNotFound", { target: path, detail: path });
  const isOwn =
    content.kind === "formatted"
      ? content.id === own
      : state === "partly" && (content.kind === "blank" || content.kind === "unrecognised");
  if (own !== undefined && isOwn) return own;
  throw new AppError("VolumeUnavailable", {
    target: path,
    detail: `${path} does not hold the volume that this node was prepared with: it is not erased`,
  });
}
