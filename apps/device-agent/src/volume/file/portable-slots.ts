import { randomBytes } from "node:crypto";

import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { KeySlots } from "../../core/ports.ts";
import { contentOf, FRESH_BYTES, openHeader, sealHeader } from "./portable-header.ts";
import type { PortableHeader } from "./portable-header.ts";

type Places = readonly (PortableHeader | undefined)[];

/** Two places for headers over one volume key; the file is replaced as a whole. */
export function createPortableSlots(options: {
  readonly path: string;
  readonly places: () => Places;
  readonly replace: (content: Uint8Array) => void;
}): KeySlots {
  const { path, places, replace } = options;
  const write = (headers: Places) => {
    replace(contentOf(headers));
  };
  return {
    async list() {
      return places().flatMap((header, place) => (header === undefined ? [] : [place]));
    },
    async add(slot, current, next) {
      const found = places();
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
      const header = places()[slot];
      const volumeKey = header === undefined ? undefined : await openHeader(header, unlockKey);
      zero(volumeKey);
      return volumeKey !== undefined;
    },
    async remove(slot) {
      write(places().with(slot, undefined));
    },
  };
}

async function openAny(path: string, found: Places, unlockKey: Uint8Array) {
  for (const header of found) {
    const volumeKey = header === undefined ? undefined : await openHeader(header, unlockKey);
    if (header !== undefined && volumeKey !== undefined) return { id: header.id, volumeKey };
  }
  throw new AppError("VolumeRejectedKey", {
    detail: `${path}: its header does not open with this key`,
  });
}
