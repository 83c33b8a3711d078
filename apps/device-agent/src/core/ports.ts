import type { VolumeKind } from "./settings.ts";

/** The content at the volume's path. */
export type VolumeContent =
  | { readonly kind: "missing" }
  | { readonly kind: "blank" }
  /** A volume of this kind; `id` is the UUID from its creation. */
  | { readonly kind: "formatted"; readonly id: string }
  /** A foreign volume of a known kind. */
  | { readonly kind: "foreign"; readonly what: string }
  /** Neither blank nor a known header: any data, or our own interrupted format. */
  | { readonly kind: "unrecognised" };

/** The kind of volume that accepted the key. */
export type Proof = "cryptsetup" | "authenticated-header";

export type Opened = {
  readonly proof: Proof;
  /**
   * Name of the device-mapper device, if this machine has device-mapper; without it only the key
   * was proven.
   */
  readonly mapping?: string | undefined;
};

/** An opening that has started before its key arrives. Disposing it without a key cancels it. */
export type Opening = Disposable & {
  /**
   * The key is not stored; the caller zeroes it.
   *
   * @throws {AppError} `VolumeRejectedKey`, `VolumeHeaderRolledBack`, `VolumeNotFound` or
   *   `VolumeUnavailable`
   */
  offer(unlockKey: Uint8Array): Promise<Opened>;
};

/** The agent's memory of the volume's header, which detects an older one from a backup. */
export type HeaderMemory = {
  /** Generation of the newest header that this agent has seen; 0: the one that preparation made. */
  readonly generation: number;
  /** Called once a key has opened a header of a newer generation. */
  learn(generation: number): void;
};

export type FormatInput = {
  readonly unlockKey: Uint8Array;
  /** UUID for the new volume: the mark by which a rerun recognises its own work. */
  readonly id: string;
  /** A generated key carries 128 bits and needs no slow derivation; a customer's own gets one. */
  readonly passkeyOrigin: "generated" | "customer";
  readonly sizeMib: number;
};

/** The key slots of a volume, by number: one, and a second while it is rekeyed. */
export type KeySlots = {
  list(): Promise<readonly number[]>;
  /**
   * Fills a free slot. Neither key is stored; the caller zeroes both.
   *
   * @param next - a generated key: it carries 128 bits and gets no slow derivation
   * @throws {AppError} `VolumeRejectedKey` when `current` opens no slot, or `VolumeUnavailable`
   */
  add(slot: number, current: Uint8Array, next: Uint8Array): Promise<void>;
  opens(slot: number, unlockKey: Uint8Array): Promise<boolean>;
  /** Permanent. Callers have proven that another slot opens. */
  remove(slot: number): Promise<void>;
};

/** The volume that an agent unlocks. */
export type Volume = {
  readonly kind: VolumeKind;
  readonly path: string;
  inspect(): Promise<VolumeContent>;
  /** Overwrites any existing content: callers check first. */
  format(input: FormatInput): Promise<void>;
  /** Stores the signed envelope in the volume itself, if its kind has a place for it. */
  storeEnvelope(jws: string): Promise<void>;
  readEnvelope(): Promise<string | undefined>;
  /**
   * @param mode - `use` makes the mapping if possible; `test` only proves the key.
   * @param memory - a header that is older than the remembered one gets no key.
   */
  beginOpening(mode: "use" | "test", memory?: HeaderMemory): Opening;
  /** How often the volume was rekeyed, according to its header; 0 if it never was. */
  readHeaderGeneration(): Promise<number>;
  writeHeaderGeneration(generation: number): Promise<void>;
  readonly slots: KeySlots;
  /** Cryptographic erase: no key opens it again. The rest of it is overwritten next. */
  destroyKeySlots(): Promise<void>;
  /**
   * The mapping that exists under the volume's own name, also one that no command of the agent
   * recorded: a person made it with cryptsetup, or the agent was killed.
   */
  mapped(): string | undefined;
  /** Closes the mapping, if there is one. */
  close(mapping: string | undefined): Promise<void>;
};
