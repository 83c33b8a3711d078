import { randomBytes } from "node:crypto";

import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { KeySlots, Opened, Volume } from "../../core/ports.ts";
import { replaceFile } from "../../state/write-durably.ts";
import { learnHeader, requireKnownHeader } from "../known-header.ts";
import { readStart, volumeError } from "../volume-file.ts";
import {
  contentOf,
  FRESH_BYTES,
  openHeader,
  parseGeneration,
  parseSlots,
  type PortableHeader,
  sealHeader,
  VOLUME_KEY_BYTES,
  withGeneration,
} from "./portable-header.ts";

type HeaderSlots = readonly (PortableHeader | undefined)[];
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
      const header = parseSlots(start.bytes).find((found) => found !== undefined);
      return header === undefined ? { kind: "unrecognised" } : { kind: "formatted", id: header.id };
    },

    async format({ unlockKey, id, passkeyOrigin }) {
      const derivation = passkeyOrigin === "generated" ? "hkdf" : "scrypt";
      const random = randomBytes(FRESH_BYTES + VOLUME_KEY_BYTES);
      replace(await sealHeader({ unlockKey, id, derivation, random }));
    },

    /** The header has no room for it: the agent's own folder holds it. */
    async storeEnvelope() {},
    async readEnvelope() {
      return undefined;
    },

    async readHeaderGeneration() {
      requireSlots(path);
      return generationOf(path);
    },
    async writeHeaderGeneration(generation) {
      replace(withGeneration(contentOf(requireSlots(path)), generation));
    },

    beginOpening(_mode, memory) {
      return {
        async offer(unlockKey): Promise<Opened> {
          const slots = requireSlots(path);
          const generation = generationOf(path);
          requireKnownHeader(path, generation, memory);
          for (const header of slots) {
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

    /** Its slots are the whole file, which an erasure overwrites next. */
    async destroyKeySlots() {},

    slots: createPortableSlots({
      path,
      slots: () => requireSlots(path),
      replace(content) {
        replace(withGeneration(content, generationOf(path)));
      },
    }),

    mapped: () => undefined,
    async close() {},
  };
}

function generationOf(path: string): number {
  const start = readStart(path);
  return start.kind === "data" ? parseGeneration(start.bytes) : 0;
}

function requireSlots(path: string): readonly (PortableHeader | undefined)[] {
  const start = readStart(path);
  if (start.kind === "missing")
    throw new AppError("VolumeNotFound", { target: path, detail: path });
  const slots = start.kind === "data" ? parseSlots(start.bytes) : [];
  if (slots.every((header) => header === undefined))
    throw new AppError("VolumeUnavailable", {
      target: path,
      detail: `${path}: not a portable volume of version 1`,
    });
  return slots;
}

/** Two slots for headers over one volume key; the file is replaced as a whole. */
function createPortableSlots(options: {
  readonly path: string;
  readonly slots: () => HeaderSlots;
  readonly replace: (content: Uint8Array) => void;
}): KeySlots {
  const { path, slots, replace } = options;
  const write = (headers: HeaderSlots) => replace(contentOf(headers));
  return {
    async list() {
      return slots().flatMap((header, slot) => (header === undefined ? [] : [slot]));
    },
    async add(slot, current, next) {
      const found = slots();
      const { id, volumeKey } = await openAny(path, found, current);
      const random = new Uint8Array([...randomBytes(FRESH_BYTES), ...volumeKey]);
      try {
        const bytes = await sealHeader({ unlockKey: next, id, derivation: "hkdf", random });
        write(found.with(slot, { id, bytes }));
      } finally {
        zero(random, volumeKey);
      }
    },
    async opens(slot, unlockKey) {
      const header = slots()[slot];
      const volumeKey = header === undefined ? undefined : await openHeader(header, unlockKey);
      zero(volumeKey);
      return volumeKey !== undefined;
    },
    async remove(slot) {
      write(slots().with(slot, undefined));
    },
  };
}

async function openAny(path: string, found: HeaderSlots, unlockKey: Uint8Array) {
  for (const header of found) {
    const volumeKey = header === undefined ? undefined : await openHeader(header, unlockKey);
    if (header !== undefined && volumeKey !== undefined) return { id: header.id, volumeKey };
  }
  throw new AppError("VolumeRejectedKey", {
    detail: `${path}: its header does not open with this key`,
  });
}
