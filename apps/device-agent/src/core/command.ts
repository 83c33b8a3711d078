import type { LocalUiOptions } from "./local-ui-options.ts";
import type { VolumeKind } from "./settings.ts";

export type DeviceKeyChoice = {
  /** `auto`: the TPM where the kernel has one and tpm2-tools is installed, else a file. */
  readonly kind: "file" | "tpm" | "auto";
  readonly tcti: string;
  readonly pcrs: string | undefined;
};

/** As typed. */
export type PrepareArguments = {
  readonly broker: string;
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
  /** Of a device that this one replaces. */
  readonly keepVolume: boolean;
  readonly bootIdFile: string | undefined;
  readonly deviceKey: DeviceKeyChoice;
};

export type ChallengeOptions = {
  /** Where to write it: a picture by `.svg`, else text. */
  readonly out: string | undefined;
  readonly qr: boolean;
  /** A new one although one is open: the answer to that one will open nothing any more. */
  readonly fresh: boolean;
};

export type UnlockOptions = {
  /**
   * What becomes of a request that approvers must decide about: `wait` until they have; `keep` it and end; `go-on` as `keep`, with a
   * request that is known to wait, and with no other; `drop` the one that waits.
   */
  readonly approval: "wait" | "keep" | "go-on" | "drop";
  /** What approvers are told, in the words of the person at the appliance. */
  readonly reason?: string | undefined;
};

export type Command =
  | { readonly command: "prepare"; readonly arguments: PrepareArguments }
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
  | { readonly command: "passkey" | "rekey" | "status" | "doctor" };
