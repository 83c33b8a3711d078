import { AppError } from "@databox-cmk/errors";

import { entriesOf, member } from "../../core/judge-luks2-header.ts";
import type { KeySlots } from "../../core/ports.ts";
import { type Cryptsetup, requirePreparedHeader, requireSuccess } from "./cryptsetup.ts";

const BAD_KEY = 2;
const LINE_FEED = 0x0a;
/** 128 bits cannot be guessed, however fast each guess is. */
export const FAST_DERIVATION = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"] as const;

/**
 * LUKS2 stores two copies of its header and uses the complete one: after a kill the slots are those
 * of before or after.
 */
export function createLuks2Slots({ path, run, must, dump }: Cryptsetup): KeySlots {
  return {
    async list() {
      const header = await dump();
      requirePreparedHeader(path, header);
      return entriesOf(member(header, "keyslots")).map(({ name }) => Number(name));
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
        const parameters = ["luksAddKey", "--batch-mode", ...FAST_DERIVATION, ...place, path];
        const result = await run(parameters, input);
        if (result.exitCode === BAD_KEY)
          throw new AppError("VolumeRejectedKey", { detail: `${path}: ${result.complaint}` });
        requireSuccess(path, result);
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
      await must(["luksKillSlot", "--batch-mode", path, String(slot)]);
    },
  };
}
