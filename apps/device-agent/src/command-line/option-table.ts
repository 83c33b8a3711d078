import { ASKED_PURPOSES } from "@databox-cmk/protocol";

import type { CommandName } from "../core/agent-event.ts";

/** An option, or a flag if it takes no value. */
export type OptionRow = { readonly value?: string; readonly help: string };

const flag = (help: string): OptionRow => ({ help });
const text = (value: string, help: string): OptionRow => ({ value, help });
const number = (help: string): OptionRow => ({ value: "N", help });

/** Allowed before and after the command. */
export const GLOBAL_OPTIONS = {
  "state-dir": text("FOLDER", "the agent's folder (default /var/lib/databox-agent)"),
  json: flag("one JSON event per line instead of text"),
  help: flag("show this; beside a command, only its part"),
  version: flag("show the version"),
} as const satisfies Record<string, OptionRow>;

const CUSTODY_OPTIONS = {
  custody: text("split", "refuse escrow custody, in which the broker can open the volume"),
  "recovery-keys": text(
    "KEYS|none",
    "thumbprints of the owner's recovery keys: copy the node's share for exactly these; implies --custody split",
  ),
} as const;

export const COMMAND_OPTIONS = {
  prepare: {
    broker: text(
      "URL",
      "required: https address of the broker; again: another one, tried when the former fails; alone: replaces them on a prepared node",
    ),
    order: text("ID", "required: resource id of the order"),
    serial: text("SERIAL", "required: serial number of this node"),
    volume: text("PATH", "required: block device or file to lock"),
    "volume-kind": text("luks2|file|auto", "default auto: luks2 if cryptsetup is installed"),
    "enrolment-code-file": text(
      "FILE",
      "file with the one-time code (mode 600); default: standard input",
    ),
    "ca-file": text(
      "FILE",
      "PEM; the broker's certificate must chain to it; alone: replaces it on a prepared node",
    ),
    "dns-server": text("ADDRESS:PORT", "ask this server instead of the system's"),
    "resolve-localhost": flag("resolve *.localhost to 127.0.0.1, without the system's resolver"),
    "size-mib": number("size of a new volume file (default 64)"),
    "format-existing": flag("overwrite existing data on the volume"),
    "keep-volume": flag("keep the volume of the device that this one replaces"),
    "device-key": text(
      "tpm|file|auto",
      "where the node's key is kept; default auto: in the TPM if there is one",
    ),
    tpm: text("TCTI", "path to the TPM (default device:/dev/tpmrm0)"),
    "tpm-pcrs": text(
      "PCRS|none",
      "boot measurements that the key requires to sign (default sha256:7)",
    ),
    ...CUSTODY_OPTIONS,
    "boot-id-file": text("FILE", "for emulators: file with the boot id"),
  },
  unlock: {
    reason: text("TEXT", "reason for the unlock; approvers see it"),
    purpose: text(
      ASKED_PURPOSES.join("|"),
      "default unlock; at the datacenter: ingest reads an import, fill fills an export",
    ),
    "no-wait": flag("exit with 6 if approval is needed; the next unlock continues the request"),
    cancel: flag("withdraw the waiting approval request; unlock nothing"),
  },
  passkey: {},
  challenge: {
    out: text("FILE", "write it to this file: .svg for a QR code, otherwise text"),
    qr: flag("also show it as a QR code (needs 140 columns and 70 lines)"),
    new: flag("make a new one even if one is open"),
  },
  respond: { in: text("FILE|-", "file with the answer; default -: standard input") },
  rekey: CUSTODY_OPTIONS,
  recover: {},
  lock: { "prepare-to-ship": flag("mark the appliance as ready to ship") },
  erase: {
    serial: text("SERIAL", "serial number of this node; default: typed, or from standard input"),
  },
  status: {},
  journal: {
    verify: flag("check the whole hash chain"),
    last: number("how many rows to show (default 20)"),
  },
  doctor: {},
  serve: {
    "ui-port": number("serve the appliance's page on this port, with TLS"),
    "ui-host": text("ADDRESS", "on this address only (default: all)"),
    "ui-model": text("NAME", "name of the appliance on the page"),
    "shut-down-command": text(
      "PROGRAM",
      "program that the page's shut down runs, without parameters; default: none",
    ),
    "lock-on-exit": flag("close the volume when the agent is stopped"),
  },
} as const satisfies Record<CommandName, Record<string, OptionRow>>;

type OptionsOf<Table> = Table extends unknown ? keyof Table : never;
export type OptionName = OptionsOf<typeof GLOBAL_OPTIONS | (typeof COMMAND_OPTIONS)[CommandName]>;

export const COMMAND_HELP = {
  prepare: "enrol this node with its broker and lock its volume",
  unlock: "request the key from the broker and open the volume; wait for approval if needed",
  passkey: "open the volume with its passkey, read without echo or from standard input",
  challenge: "request the key without a network: make a challenge to take to the portal",
  respond: "open the volume with the answer from the portal",
  rekey: "give the unlocked volume a new unlock key; the old one no longer opens it",
  recover: "take this node's share, which the owner's recovery key opened, from standard input",
  lock: "close the volume",
  erase: "destroy the keys and data of this node for good, and certify it",
  status: "show the state of this node",
  journal: "show or verify this node's journal",
  doctor: "check everything that an unlock needs, and show the next step",
  serve: "renew the lease of the open volume; close the volume when the lease is refused",
} as const satisfies Record<CommandName, string>;
