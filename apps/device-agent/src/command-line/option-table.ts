import type { CommandName } from "../core/agent-event.ts";

export type OptionRow = {
  readonly kind: "text" | "flag" | "number";
  readonly value?: string;
  readonly help: string;
};

/** Allowed before and after the command. */
export const GLOBAL_OPTIONS = {
  "state-dir": {
    kind: "text",
    value: "FOLDER",
    help: "the agent's folder (default /var/lib/databox-agent)",
  },
  json: { kind: "flag", help: "one JSON event per line instead of text" },
  help: { kind: "flag", help: "show this; beside a command, only its part" },
  version: { kind: "flag", help: "show the version" },
} as const satisfies Record<string, OptionRow>;

const RECOVERY_KEYS = {
  kind: "text",
  value: "KEYS|none",
  help: "thumbprints of the owner's recovery keys: copy the node's share for exactly these",
} as const satisfies OptionRow;

export const COMMAND_OPTIONS = {
  prepare: {
    broker: { kind: "text", value: "URL", help: "required: https address of the broker" },
    order: { kind: "text", value: "ID", help: "required: resource id of the order" },
    serial: { kind: "text", value: "SERIAL", help: "required: serial number of this node" },
    volume: { kind: "text", value: "PATH", help: "required: block device or file to lock" },
    "volume-kind": {
      kind: "text",
      value: "luks2|file|auto",
      help: "default auto: luks2 if cryptsetup is installed",
    },
    "enrolment-code-file": {
      kind: "text",
      value: "FILE",
      help: "file with the one-time code (mode 600); default: standard input",
    },
    "ca-file": {
      kind: "text",
      value: "FILE",
      help: "PEM; the broker's certificate must chain to it",
    },
    "dns-server": {
      kind: "text",
      value: "ADDRESS:PORT",
      help: "ask this server instead of the system's",
    },
    "resolve-localhost": {
      kind: "flag",
      help: "resolve *.localhost to 127.0.0.1, without the system's resolver",
    },
    "size-mib": {
      kind: "number",
      value: "N",
      help: "size of a new volume file (default 64)",
    },
    "format-existing": { kind: "flag", help: "overwrite existing data on the volume" },
    "keep-volume": {
      kind: "flag",
      help: "keep the volume of the device that this one replaces",
    },
    "device-key": {
      kind: "text",
      value: "tpm|file|auto",
      help: "where the node's key is kept; default auto: in the TPM if there is one",
    },
    tpm: { kind: "text", value: "TCTI", help: "path to the TPM (default device:/dev/tpmrm0)" },
    "tpm-pcrs": {
      kind: "text",
      value: "PCRS|none",
      help: "boot measurements that the key requires to sign (default sha256:7)",
    },
    custody: {
      kind: "text",
      value: "split",
      help: "refuse an order in escrow custody, whose broker can open the volume",
    },
    "recovery-keys": RECOVERY_KEYS,
    "boot-id-file": { kind: "text", value: "FILE", help: "for emulators: file with the boot id" },
  },
  unlock: {
    reason: { kind: "text", value: "TEXT", help: "reason for the unlock; approvers see it" },
    purpose: {
      kind: "text",
      value: "unlock|ingest|fill",
      help: "default unlock; at the datacenter: ingest reads an import, fill fills an export",
    },
    "no-wait": {
      kind: "flag",
      help: "exit with 6 if approval is needed; the next unlock continues the request",
    },
    cancel: { kind: "flag", help: "withdraw the waiting approval request; unlock nothing" },
  },
  passkey: {},
  challenge: {
    out: {
      kind: "text",
      value: "FILE",
      help: "write it to this file: .svg for a QR code, otherwise text",
    },
    qr: { kind: "flag", help: "also show it as a QR code (needs 140 columns and 70 lines)" },
    new: { kind: "flag", help: "make a new one even if one is open" },
  },
  respond: {
    in: { kind: "text", value: "FILE|-", help: "file with the answer; default -: standard input" },
  },
  rekey: { "recovery-keys": RECOVERY_KEYS },
  recover: {},
  lock: {
    "prepare-to-ship": { kind: "flag", help: "mark the appliance as ready to ship" },
  },
  erase: {
    serial: {
      kind: "text",
      value: "SERIAL",
      help: "serial number of this node; default: typed, or from standard input",
    },
  },
  status: {},
  journal: {
    verify: { kind: "flag", help: "check the whole hash chain" },
    last: { kind: "number", value: "N", help: "how many rows to show (default 20)" },
  },
  doctor: {},
  serve: {
    "ui-port": {
      kind: "number",
      value: "N",
      help: "serve the appliance's page on this port, with TLS",
    },
    "ui-host": { kind: "text", value: "ADDRESS", help: "on this address only (default: all)" },
    "ui-model": { kind: "text", value: "NAME", help: "name of the appliance on the page" },
    "shut-down-command": {
      kind: "text",
      value: "PROGRAM",
      help: "program that the page's shut down runs, without parameters; default: none",
    },
    "lock-on-exit": { kind: "flag", help: "close the volume when the agent is stopped" },
  },
} as const satisfies Record<CommandName, Record<string, OptionRow>>;

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
