import type { VolumeKind } from "./settings.ts";

/** What stands at the volume's path. */
export type VolumeContent =
  | { readonly kind: "missing" }
  | { readonly kind: "blank" }
  /** A volume of this kind; `id` is the UUID that its maker gave it. */
  | { readonly kind: "formatted"; readonly id: string }
  /** Somebody else's, of a kind that is known. */
  | { readonly kind: "foreign"; readonly what: string }
  /** Not blank, and no header that we know: anything, or our own format cut off half-way. */
  | { readonly kind: "unrecognised" };

/** Who accepted the key. */
export type Proof = "cryptsetup" | "authenticated-header";

export type Opened = {
  readonly proof: Proof;
  /** Name of the device-mapper device, where this machine has device-mapper; without it only the key was proven. */
  readonly mapping?: string;
};

/** An opening that has begun while the key is still on its way. Disposing it without a key gives it up. */
export type Opening = Disposable & {
  /**
   * The key is not kept; the caller zeroes it.
   *
   * @throws {AppError} `VolumeRejectedKey`, `VolumeNotFound` or `VolumeUnavailable`
   */
  offer(unlockKey: Uint8Array): Promise<Opened>;
};

export type FormatInput = {
  readonly unlockKey: Uint8Array;
  /** UUID that the volume will carry: the mark by which a rerun knows its own work. */
  readonly id: string;
  /** A generated key carries 128 bits and needs no slow derivation; a customer's own gets one. */
  readonly passkeyOrigin: "generated" | "customer";
  readonly sizeMib: number;
};

/** The keys that a volume takes, by number: one, and a second while it is rekeyed. */
export type KeySlots = {
  list(): Promise<readonly number[]>;
  /**
   * Fills a free slot. Neither key is kept; the caller zeroes both.
   *
   * @param next - a generated key: it carries 128 bits and gets no slow derivation
   * @throws {AppError} `VolumeRejectedKey` when `current` opens no slot, or `VolumeUnavailable`
   */
  add(slot: number, current: Uint8Array, next: Uint8Array): Promise<void>;
  opens(slot: number, unlockKey: Uint8Array): Promise<boolean>;
  /** For good. Callers have proven that another slot opens. */
  remove(slot: number): Promise<void>;
};

/** The one thing that an agent unlocks. */
export type Volume = {
  readonly kind: VolumeKind;
  readonly path: string;
  inspect(): Promise<VolumeContent>;
  /** Overwrites whatever is there: callers look first. */
  format(input: FormatInput): Promise<void>;
  /** Keeps the signed envelope with the volume itself, where its kind has a place for it. */
  storeEnvelope(jws: string): Promise<void>;
  readEnvelope(): Promise<string | undefined>;
  /** @param mode - `use` makes the mapping where it can; `test` only proves the key. */
  beginOpening(mode: "use" | "test"): Opening;
  readonly slots: KeySlots;
  /** Closes the mapping, if there is one. */
  close(mapping: string | undefined): Promise<void>;
};
