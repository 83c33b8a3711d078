import { randomBytes } from "node:crypto";

import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { Opened, Volume } from "../../core/ports.ts";
import { replaceFile } from "../../state/write-durably.ts";
import { learnHeader, requireKnownHeader } from "../known-header.ts";
import { readStart, volumeError } from "../volume-file.ts";
import {
  contentOf,
  FRESH_BYTES,
  openHeader,
  parseGeneration,
  parsePlaces,
  sealHeader,
  VOLUME_KEY_BYTES,
  withGeneration,
} from "./portable-header.ts";
import type { PortableHeader } from "./portable-header.ts";
import { createPortableSlots } from "./portable-slots.ts";

/** A volume for machines without cryptsetup: an authenticated header in a plain file. */
export function createPortableVolume(path: string): Volume {
  const replace = (content: Uint8Array) => {
    try {
      replaceFile(path, content);
    } catch (error) {
      throw volumeError(path, error);
    }
  };
  return {
    kind: "file",
    path,

    async inspect() {
      const start = readStart(path);
      if (start.kind !== "data") return start;
      const header = parsePlaces(start.bytes).find((found) => found !== undefined);
      return header === undefined ? { kind: "unrecognised" } : { kind: "formatted", id: header.id };
    },

    async format({ unlockKey, id, passkeyOrigin }) {
      const derivation = passkeyOrigin === "generated" ? "hkdf" : "scrypt";
      const random = randomBytes(FRESH_BYTES + VOLUME_KEY_BYTES);
      replace(await sealHeader({ unlockKey, id, derivation, random }));
    },

    /** The header has no place for it: the agent's own folder holds it. */
    async storeEnvelope() {},
    async readEnvelope() {
      return undefined;
    },

    async readHeaderGeneration() {
      requirePlaces(path);
      return generationOf(path);
    },
    async writeHeaderGeneration(generation) {
      replace(withGeneration(contentOf(requirePlaces(path)), generation));
    },

    beginOpening(_mode, memory) {
      return {
        async offer(unlockKey): Promise<Opened> {
          const places = requirePlaces(path);
          const generation = generationOf(path);
          requireKnownHeader(path, generation, memory);
          for (const header of places) {
            const volumeKey =
              header === undefined ? undefined : await openHeader(header, unlockKey);
            zero(volumeKey);
            if (volumeKey === undefined) continue;
            learnHeader(generation, memory);
            return { proof: "authenticated-header" };
          }
          throw new AppError("VolumeRejectedKey", {
            detail: `${path}: its header does not open with this key`,
          });
        },
        [Symbol.dispose]() {},
      };
    },

    slots: createPortableSlots({
      path,
      places: () => requirePlaces(path),
      replace(content) {
        replace(withGeneration(content, generationOf(path)));
      },
    }),

    async close() {},
  };
}

function generationOf(path: string): number {
  const start = readStart(path);
  return start.kind === "data" ? parseGeneration(start.bytes) : 0;
}

function requirePlaces(path: string): readonly (PortableHeader | undefined)[] {
  const start = readStart(path);
  if (start.kind === "missing")
    throw new AppError("VolumeNotFound", { target: path, detail: path });
  const places = start.kind === "data" ? parsePlaces(start.bytes) : [];
  if (places.every((header) => header === undefined))
    throw new AppError("VolumeUnavailable", {
      target: path,
      detail: `${path}: not a portable volume of version 1`,
    });
  return places;
}
