/** Rules of the API for `devicePassword`, which is the unlock key in escrow custody. */
const MIN_CHARACTERS = 12;
const MAX_CHARACTERS = 64;

/** One row per rule, in the order in which faults are reported. */
const RULES = [
  { fault: "too-short", broken: (value: string) => value.length < MIN_CHARACTERS },
  { fault: "too-long", broken: (value: string) => value.length > MAX_CHARACTERS },
  { fault: "no-upper-case-letter", broken: (value: string) => !/[A-Z]/.test(value) },
  { fault: "no-digit", broken: (value: string) => !/[0-9]/.test(value) },
  { fault: "no-special-character", broken: (value: string) => !/[@#\-$%^!+=;:_()]/.test(value) },
  { fault: "confusable-character", broken: (value: string) => /[IiLloO0]/.test(value) },
  {
    fault: "forbidden-character",
    broken: (value: string) => /[^A-Za-z0-9@#\-$%^!+=;:_()]/.test(value),
  },
] as const;

export type PasskeyFault = (typeof RULES)[number]["fault"];

/** All rules that the value breaks; empty when it is a passkey. Never repeats the value. */
export function checkPasskey(value: string): PasskeyFault[] {
  return RULES.filter(({ broken }) => broken(value)).map(({ fault }) => fault);
}

/** The characters that `checkPasskey` accepts. */
export const PASSKEY_ALPHABET =
  "ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz123456789@#-$%^!+=;:_()";

/**
 * 69^22 ≈ 2^134.4; drawing again when a rule is missed costs under 0.1 bit, so at least 128 remain.
 */
export const GENERATED_PASSKEY_CHARACTERS = 22;

/**
 * Each character is uniform; a draw that misses a rule is thrown away whole, which keeps the rest
 * uniform too.
 *
 * @param randomBelow - a uniform whole number from 0 to below the bound: `randomInt` of node:crypto
 */
export function generatePasskey(randomBelow: (bound: number) => number): string {
  for (;;) {
    const passkey = Array.from({ length: GENERATED_PASSKEY_CHARACTERS }, () =>
      PASSKEY_ALPHABET.charAt(randomBelow(PASSKEY_ALPHABET.length)),
    ).join("");
    if (checkPasskey(passkey).length === 0) return passkey;
  }
}
