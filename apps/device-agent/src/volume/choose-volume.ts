import { existsSync } from "node:fs";

import { AppError } from "@databox-cmk/errors";

import type { Volume } from "../core/ports.ts";
import type { Settings, VolumeKind } from "../core/settings.ts";
import { createPortableVolume } from "./file/portable-volume.ts";
import { findCryptsetup } from "./luks2/find-cryptsetup.ts";
import { createLuks2Volume } from "./luks2/luks2-volume.ts";

/** `auto` is a real LUKS2 volume if cryptsetup is installed. */
export function chooseVolumeKind(
  wanted: VolumeKind | "auto",
  cryptsetupFolders: readonly string[],
): VolumeKind {
  if (wanted !== "auto") return wanted;
  return findCryptsetup(cryptsetupFolders) === undefined ? "file" : "luks2";
}

/** @throws {AppError} `CryptsetupMissing` */
export function openVolume(
  volume: { readonly kind: VolumeKind; readonly path: string },
  serial: string,
  cryptsetupFolders: readonly string[],
): Volume {
  switch (volume.kind) {
    case "file":
      return createPortableVolume(volume.path);
    case "luks2": {
      const program = findCryptsetup(cryptsetupFolders);
      if (program === undefined)
        throw new AppError("CryptsetupMissing", {
          detail: `cryptsetup is in none of ${cryptsetupFolders.join(", ")}`,
        });
      return createLuks2Volume({
        path: volume.path,
        program,
        mapping: `databox-${serial.toLowerCase()}`,
      });
    }
  }
}

/** @throws {AppError} as `openVolume`, or `VolumeNotFound` */
export function findVolume(
  { volume: named, serial }: Pick<Settings, "volume" | "serial">,
  cryptsetupFolders: readonly string[],
): Volume {
  const volume = openVolume(named, serial, cryptsetupFolders);
  if (!existsSync(volume.path)) throw new AppError("VolumeNotFound", { detail: volume.path });
  return volume;
}
