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
  help: { kind: "flag", help: "show this" },
  version: { kind: "flag", help: "show the version" },
} as const satisfies Record<string, OptionRow>;

export const COMMAND_OPTIONS = {
  prepare: {
    broker: { kind: "text", value: "URL", help: "required: https address of the broker" },
    order: { kind: "text", value: "ID", help: "required: resource id of the order" },
    serial: { kind: "text", value: "SERIAL", help: "required: serial number of this node" },
    volume: { kind: "text", value: "PATH", help: "required: block device or file to lock" },
    "volume-kind": {
      kind: "text",
      value: "luks2|file|auto",
      help: "default auto: luks2 where cryptsetup is",
    },
    "enrolment-code-file": {
      kind: "text",
      value: "FILE",
      help: "holds the one-time code (mode 600); default: standard input",
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
      help: "*.localhost is 127.0.0.1, whatever the system says",
    },
    "size-mib": {
      kind: "number",
      value: "N",
      help: "size of a volume file that is made (default 64)",
    },
    "format-existing": { kind: "flag", help: "overwrite what is on the volume" },
    "keep-volume": {
      kind: "flag",
      help: "take over the volume of the device that this one replaces",
    },
    "device-key": {
      kind: "text",
      value: "tpm|file|auto",
      help: "who holds the node's key; default auto: the TPM where there is one",
    },
    tpm: { kind: "text", value: "TCTI", help: "way to the TPM (default device:/dev/tpmrm0)" },
    "tpm-pcrs": {
      kind: "text",
      value: "PCRS|none",
      help: "what must be measured at boot for the key to sign (default sha256:7)",
    },
    "boot-id-file": { kind: "text", value: "FILE", help: "for emulators: where the boot id is" },
  },
  unlock: {
    reason: { kind: "text", value: "TEXT", help: "why, for those who must approve" },
    "no-wait": {
      kind: "flag",
      help: "end with 6 where approvers must decide; the next unlock goes on with the request",
    },
    cancel: { kind: "flag", help: "drop the request that waits for approvers; unlock nothing" },
  },
  passkey: {},
  challenge: {
    out: { kind: "text", value: "FILE", help: "write it there: a QR code by .svg, else text" },
    qr: { kind: "flag", help: "also show it as a QR code (a window of 140 columns, 70 lines)" },
    new: { kind: "flag", help: "make a new one although one is open" },
  },
  respond: {
    in: { kind: "text", value: "FILE|-", help: "holds the answer; default -: standard input" },
  },
  rekey: {},
  lock: {
    "prepare-to-ship": { kind: "flag", help: "say that the appliance can be sent back" },
  },
  status: {},
  journal: {
    verify: { kind: "flag", help: "check the whole hash chain" },
    last: { kind: "number", value: "N", help: "how many rows to show (default 20)" },
  },
  doctor: {},
  serve: {
    "ui-port": { kind: "number", value: "N", help: "serve the appliance's page there, by TLS" },
    "ui-host": { kind: "text", value: "ADDRESS", help: "on this address only (default: all)" },
    "ui-model": { kind: "text", value: "NAME", help: "what the page calls the appliance" },
    "shut-down-command": {
      kind: "text",
      value: "PROGRAM",
      help: "what the page's shut down starts, without parameters; default: nothing",
    },
    "lock-on-exit": { kind: "flag", help: "close the volume when the agent is told to end" },
  },
} as const satisfies Record<CommandName, Record<string, OptionRow>>;

export const COMMAND_HELP = {
  prepare: "enrol this node with its broker and lock its volume",
  unlock: "ask the broker for the key and open the volume; wait while approvers decide",
  passkey: "open the volume with its passkey, read without echo or from standard input",
  challenge: "ask for the key without a network: make what a person carries to the portal",
  respond: "open the volume by the answer that came back",
  rekey: "give the unlocked volume another unlock key; the old one opens nothing any more",
  lock: "close the volume",
  status: "show what this node knows about itself",
  journal: "show or verify what happened here",
  doctor: "check everything an unlock needs, and say the one thing to do next",
  serve: "keep the lease of the open volume, and close it when it is refused",
} as const satisfies Record<CommandName, string>;
