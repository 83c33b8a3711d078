import { randomBytes } from "node:crypto";

import { AppError } from "@databox-cmk/errors";

import type { Opened, Volume } from "../../core/ports.ts";
import { replaceFile } from "../../state/write-durably.ts";
import { readStart, volumeError } from "../volume-file.ts";
import { acceptsKey, parseHeader, sealHeader } from "./portable-header.ts";
import type { PortableHeader } from "./portable-header.ts";

/** 32 salt, 12 iv, 32 volume key. */
const RANDOM_BYTES = 76;

/** A volume for machines without cryptsetup: an authenticated header in a plain file. */
export function createPortableVolume(path: string): Volume {
  return {
    kind: "file",
    path,

    async inspect() {
      const start = readStart(path);
      if (start.kind !== "data") return start;
      const header = parseHeader(start.bytes);
      return header === undefined ? { kind: "unrecognised" } : { kind: "formatted", id: header.id };
    },

    async format({ unlockKey, id, passkeyOrigin }) {
      const derivation = passkeyOrigin === "generated" ? "hkdf" : "scrypt";
      const header = sealHeader({ unlockKey, id, derivation, random: randomBytes(RANDOM_BYTES) });
      try {
        replaceFile(path, header);
      } catch (error) {
        throw volumeError(path, error);
      }
    },

    /** No place in the header: the agent's own folder holds it. */
    async storeEnvelope() {},
    async readEnvelope() {
      return undefined;
    },

    beginOpening() {
      return {
        async offer(unlockKey): Promise<Opened> {
          if (!acceptsKey(requireHeader(path), unlockKey))
            throw new AppError("VolumeRejectedKey", {
              detail: `${path}: its header does not open with this key`,
            });
          return { proof: "authenticated-header" };
        },
        [Symbol.dispose]() {},
      };
    },

    async close() {},
  };
}

function requireHeader(path: string): PortableHeader {
  const start = readStart(path);
  if (start.kind === "missing")
    throw new AppError("VolumeNotFound", { target: path, detail: path });
  const header = start.kind === "data" ? parseHeader(start.bytes) : undefined;
  if (header === undefined)
    throw new AppError("VolumeUnavailable", {
      target: path,
      detail: `${path}: no portable volume of version 1`,
    });
  return header;
}
