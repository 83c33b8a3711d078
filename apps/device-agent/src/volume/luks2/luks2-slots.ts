import { AppError } from "@databox-cmk/errors";
import { parseWith } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import type { KeySlots } from "../../core/ports.ts";
import type { CryptsetupResult } from "./cryptsetup.ts";
import { requirePreparedHeader } from "./prepared-header.ts";

const BAD_KEY = 2;
const LINE_FEED = 0x0a;
/** 128 bits cannot be guessed, however fast each guess is. */
export const FAST_DERIVATION = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"] as const;

/** LUKS2 on-disk format §3.1: only the numbers of the slots matter here. */
const members = z.record(z.string(), z.unknown());

/**
 * LUKS2 stores two copies of its header and uses the complete one: after a kill the slots are those
 * of before or after.
 */
export function createLuks2Slots(options: {
  readonly path: string;
  readonly run: (
    parameters: readonly string[],
    input?: Uint8Array | string,
  ) => Promise<CryptsetupResult>;
  readonly unavailable: (result: CryptsetupResult) => AppError;
}): KeySlots {
  const { path, run, unavailable } = options;
  const rejected = ({ complaint }: CryptsetupResult) =>
    new AppError("VolumeRejectedKey", { detail: `${path}: ${complaint}` });

  return {
    async list() {
      const result = await run(["luksDump", "--dump-json-metadata", path]);
      if (result.exitCode !== 0) throw unavailable(result);
      const header: unknown = JSON.parse(result.stdout);
      requirePreparedHeader(path, header);
      const dump = parseWith(members, header, "header");
      const slots = parseWith(members, dump.ok ? dump.value["keyslots"] : undefined, "keyslots");
      if (!slots.ok)
        throw new AppError("VolumeUnavailable", { detail: `${path}: ${slots.detail}` });
      return Object.keys(slots.value).map(Number);
    },

    // Two lines on standard input: passkeys hold no line feed, and neither key is ever on a command
    // line or in a file.
    async add(slot, current, next) {
      const input = new Uint8Array(current.byteLength + next.byteLength + 2);
      input.set(current);
      input[current.byteLength] = LINE_FEED;
      input.set(next, current.byteLength + 1);
      input[input.byteLength - 1] = LINE_FEED;
      const place = ["--new-key-slot", String(slot)];
      try {
        const result = await run(
          ["luksAddKey", "--batch-mode", ...FAST_DERIVATION, ...place, path],
          input,
        );
        if (result.exitCode === BAD_KEY) throw rejected(result);
        if (result.exitCode !== 0) throw unavailable(result);
      } finally {
        input.fill(0);
      }
    },

    async opens(slot, unlockKey) {
      const which = ["--key-slot", String(slot), "--key-file=-"];
      const result = await run(
        ["open", "--type", "luks2", "--test-passphrase", "--batch-mode", ...which, path],
        unlockKey,
      );
      return result.exitCode === 0;
    },

    async remove(slot) {
      const result = await run(["luksKillSlot", "--batch-mode", path, String(slot)]);
      if (result.exitCode !== 0) throw unavailable(result);
    },
  };
}
