import type { AskedPurpose } from "@databox-cmk/protocol";

import type { VolumeKind } from "./settings.ts";

export type DeviceKeyChoice = {
  /** `auto`: the TPM where the kernel has one and tpm2-tools is installed, otherwise a file. */
  readonly kind: "file" | "tpm" | "auto";
  readonly tcti: string;
  readonly pcrs: string | undefined;
};

/** The options of `prepare`, unchecked. */
export type PrepareArguments = {
  readonly broker: string;
  readonly otherBrokers?: readonly string[] | undefined;
  readonly order: string;
  readonly serial: string;
  readonly volume: string;
  readonly volumeKind: VolumeKind | "auto";
  readonly caFile: string | undefined;
  readonly dnsServer: string | undefined;
  readonly resolveLocalhost: boolean;
  readonly sizeMib: number;
  readonly enrolmentCodeFile: string | undefined;
  readonly formatExisting: boolean;
  /** The volume of a device that this one replaces. */
  readonly keepVolume: boolean;
  readonly bootIdFile: string | undefined;
  readonly deviceKey: DeviceKeyChoice;
} & CustodyWish;

/** What a person asks for at the node: no answer of the broker may give less. */
export type CustodyWish = {
  /** `split`: refuse an envelope of escrow custody. */
  readonly custody?: "split" | undefined;
  /**
   * Thumbprints of the owner's recovery keys. This node's share is copied for exactly these, so
   * they ask for split custody, too. Absent: for those that the broker names first, and later for
   * no other.
   */
  readonly recoveryKeys?: readonly string[] | undefined;
};

/** What a prepared node gets to reach its broker. */
export type Reconnect = {
  /** The file of the broker's new authority. */
  readonly caFile: string | undefined;
  readonly brokers: readonly string[];
};

export type ChallengeOptions = {
  /** Where to write it: a picture by `.svg`, otherwise text. */
  readonly out: string | undefined;
  readonly qr: boolean;
  /** A new challenge although one is open: the answer to the open one becomes useless. */
  readonly fresh: boolean;
};

export type UnlockOptions = {
  /**
   * How to handle a request that waits for approvers: `wait` for the decision; `keep` it and end;
   * `go-on`: like `keep`, but only with a request that already waits; `drop` the waiting request.
   */
  readonly approval: "wait" | "keep" | "go-on" | "drop";
  /** The reason for the approvers, as the person at the appliance wrote it. */
  readonly reason?: string | undefined;
  /** Absent: that of the request that waits; else `unlock`, or what the order's stage allows. */
  readonly purpose?: AskedPurpose | undefined;
};

/** The options of `serve`. */
export type LocalUiOptions = {
  /** 0: a free one. */
  readonly port: number;
  readonly host: string;
  readonly model: string;
  /** Program that switches the machine off; undefined: the page cannot. */
  readonly shutDownCommand: string | undefined;
};

export type Command =
  | { readonly command: "prepare"; readonly arguments: PrepareArguments }
  /** This one needs a prepared node. */
  | { readonly command: "prepare"; readonly reconnect: Reconnect }
  | { readonly command: "journal"; readonly verify: boolean; readonly last: number }
  | ({ readonly command: "challenge" } & ChallengeOptions)
  | { readonly command: "respond"; readonly file: string | undefined }
  | {
      readonly command: "serve";
      readonly lockOnExit: boolean;
      readonly localUi?: LocalUiOptions | undefined;
    }
  | { readonly command: "lock"; readonly prepareToShip: boolean }
  | ({ readonly command: "unlock" } & UnlockOptions)
  | { readonly command: "erase"; readonly serial?: string | undefined }
  | ({ readonly command: "rekey" } & CustodyWish)
  | { readonly command: "passkey" | "recover" | "status" | "doctor" };
