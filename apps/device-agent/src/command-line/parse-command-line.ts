import { parseArgs } from "node:util";

import { AppError } from "@databox-cmk/errors";
import { ASKED_PURPOSES, parseWith, reasonText } from "@databox-cmk/protocol";

import { type CommandName, COMMANDS } from "../core/agent-event.ts";
import type {
  Command,
  CustodyWish,
  DeviceKeyChoice,
  LocalUiOptions,
  PrepareArguments,
  UnlockOptions,
} from "../core/command.ts";
import { nearest } from "../core/nearest.ts";
import { DEFAULT_PCRS, DEFAULT_TCTI } from "../core/tpm-key.ts";
import { COMMAND_OPTIONS, GLOBAL_OPTIONS } from "./option-table.ts";
import type { OptionName, OptionRow } from "./option-table.ts";
import { DEFAULT_STATE_DIR } from "./state-dir.ts";

const DEFAULT_SIZE_MIB = 64;
/** A LUKS2 header takes 16 MiB. */
const SMALLEST_MIB = 32;
const LARGEST_MIB = 1024 * 1024;
const DEFAULT_ROWS = 20;

export type CommandLine = { readonly stateDir: string; readonly json: boolean } & (
  | { readonly kind: "run"; readonly command: Command }
  /** Shows the help of one command, or of all. */
  | { readonly kind: "help"; readonly command: CommandName | undefined }
  | { readonly kind: "version" }
);

type Given = Pick<ReadonlyMap<OptionName, string | true>, "get" | "has"> & {
  keys(): Iterable<string>;
};

/** Alone, `prepare` changes by them how a prepared node reaches its broker. */
const RECONNECTING: ReadonlySet<string> = new Set(["broker", "ca-file", "state-dir", "json"]);

/**
 * Uses node:util and a table: the library commander takes 8 ms to load, of the 60 ms of a cold
 * unlock.
 *
 * @throws {AppError} `Misuse` that names the wrong word and, if one is similar, the probable one
 */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const { tokens } = parseArgs({
    args: [...words],
    options: flagTypes(),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string | true>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, value = true } = token;
    const former = name === "broker" ? given.get(name) : undefined;
    given.set(name, former === undefined ? value : `${String(former)} ${String(value)}`);
  }
  const common = {
    stateDir: text(given, "state-dir") ?? DEFAULT_STATE_DIR,
    json: given.has("json"),
  };
  const [word, ...more] = positionals;
  const command = COMMANDS.find((name) => name === word);
  if (given.has("help") || words.length === 0) return { ...common, kind: "help", command };
  if (given.has("version")) return { ...common, kind: "version" };
  if (word === undefined) throw misuse(`no command: expected one of ${COMMANDS.join(", ")}`);
  if (command === undefined) throw misuse(`unknown command "${word}"${suggestion(word, COMMANDS)}`);
  if (command === "journal" && more[0] === "verify") given.set(more.shift() ?? "", true);
  if (more[0] !== undefined) throw misuse(`unexpected word "${more[0]}" after ${command}`);
  checkNames(command, given);
  return { ...common, kind: "run", command: readCommand(command, given) };
}

function readCommand(command: CommandName, given: Given): Command {
  switch (command) {
    case "prepare": {
      const isReconnect = [...given.keys()].every((name) => RECONNECTING.has(name));
      if (!isReconnect || !(given.has("ca-file") || given.has("broker")))
        return { command, arguments: readPrepare(given) };
      const brokers = text(given, "broker")?.split(" ") ?? [];
      return { command, reconnect: { caFile: text(given, "ca-file"), brokers } };
    }
    case "journal":
      return {
        command,
        verify: given.has("verify"),
        last: wholeNumber(given, "last", DEFAULT_ROWS, 1, 100_000),
      };
    case "serve":
      return { command, lockOnExit: given.has("lock-on-exit"), localUi: readLocalUi(given) };
    case "challenge":
      return {
        command,
        out: text(given, "out"),
        qr: given.has("qr"),
        fresh: given.has("new"),
      };
    case "respond": {
      const file = text(given, "in");
      return { command, file: file === "-" ? undefined : file };
    }
    case "lock":
      return { command, prepareToShip: given.has("prepare-to-ship") };
    case "erase":
      return { command, serial: text(given, "serial") };
    case "unlock":
      return { command, ...readUnlock(given) };
    case "rekey":
      return { command, ...readCustodyWish(given) };
    case "passkey":
    case "recover":
    case "status":
    case "doctor":
      return { command };
  }
}

function readUnlock(given: Given): UnlockOptions {
  const reason = text(given, "reason");
  const others = (["reason", "purpose", "no-wait"] as const).find((name) => given.has(name));
  if (given.has("cancel") && others !== undefined)
    throw misuse(`--cancel sends no request: leave out --${others}`);
  if (reason !== undefined && !parseWith(reasonText, reason).ok)
    throw misuse("--reason: expected one line of up to 200 characters");
  const purpose = choice(given, "purpose", ASKED_PURPOSES);
  if (given.has("cancel")) return { approval: "drop" };
  return { approval: given.has("no-wait") ? "keep" : "wait", reason, purpose };
}

function readLocalUi(given: Given): LocalUiOptions | undefined {
  const others = (["ui-host", "ui-model", "shut-down-command"] as const).find((name) =>
    given.has(name),
  );
  if (!given.has("ui-port")) {
    if (others !== undefined) throw misuse(`--${others} has no effect without --ui-port`);
    return undefined;
  }
  const model = text(given, "ui-model") ?? "Data Box";
  if (!/^[ -~]{1,64}$/.test(model)) throw misuse("--ui-model: expected up to 64 printable letters");
  return {
    port: wholeNumber(given, "ui-port", 0, 0, 65_535),
    host: text(given, "ui-host") ?? "::",
    model,
    shutDownCommand: text(given, "shut-down-command"),
  };
}

function readPrepare(given: Given): PrepareArguments {
  const [broker = "", ...otherBrokers] = required(given, "broker").split(" ");
  const volumeKind = choice(given, "volume-kind", ["luks2", "file", "auto"]) ?? "auto";
  return {
    ...readCustodyWish(given),
    broker,
    otherBrokers: otherBrokers.length === 0 ? undefined : otherBrokers,
    order: required(given, "order"),
    serial: required(given, "serial"),
    volume: required(given, "volume"),
    volumeKind,
    caFile: text(given, "ca-file"),
    dnsServer: text(given, "dns-server"),
    resolveLocalhost: given.has("resolve-localhost"),
    sizeMib: wholeNumber(given, "size-mib", DEFAULT_SIZE_MIB, SMALLEST_MIB, LARGEST_MIB),
    enrolmentCodeFile: text(given, "enrolment-code-file"),
    formatExisting: given.has("format-existing"),
    keepVolume: given.has("keep-volume"),
    bootIdFile: text(given, "boot-id-file"),
    deviceKey: readDeviceKey(given),
  };
}

/** RFC 9278 §3, as the portal and `status` show it. */
const THUMBPRINT = /^urn:ietf:params:oauth:jwk-thumbprint:sha-256:[\w-]{43}$/;

const readCustodyWish = (given: Given): CustodyWish => ({
  custody: choice(given, "custody", ["split"]),
  recoveryKeys: readRecoveryKeys(given),
});

function readRecoveryKeys(given: Given): readonly string[] | undefined {
  const names = text(given, "recovery-keys")?.split(",");
  if (names?.join() === "none") return [];
  if (names?.every((name) => THUMBPRINT.test(name)) === false)
    throw misuse(
      "--recovery-keys: expected none, or thumbprints (urn:ietf:params:oauth:jwk-thumbprint:sha-256:…) between commas",
    );
  return names;
}

function readDeviceKey(given: Given): DeviceKeyChoice {
  const kind = choice(given, "device-key", ["tpm", "file", "auto"]) ?? "auto";
  const pcrs = text(given, "tpm-pcrs") ?? DEFAULT_PCRS;
  return {
    kind,
    tcti: text(given, "tpm") ?? DEFAULT_TCTI,
    pcrs: pcrs === "none" ? undefined : pcrs,
  };
}

function checkNames(command: CommandName, given: ReadonlyMap<string, string | true>): void {
  const rows: Readonly<Record<string, OptionRow>> = {
    ...GLOBAL_OPTIONS,
    ...COMMAND_OPTIONS[command],
  };
  for (const [name, value] of given) {
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    if (row === undefined)
      throw misuse(
        `unknown option --${name} of ${command}${suggestion(name, Object.keys(rows), "--")}`,
      );
    if (row.value === undefined && value !== true) throw misuse(`--${name} takes no value`);
    if (row.value !== undefined && (value === true || value === ""))
      throw misuse(`--${name} needs a value: --${name} ${row.value}`);
  }
}

/**
 * The names that take the next word as their value, of every command, since the command may come
 * later.
 */
function flagTypes(): Record<string, { type: "string" | "boolean" }> {
  const rows = [GLOBAL_OPTIONS, ...Object.values(COMMAND_OPTIONS)].flatMap(
    (table: Readonly<Record<string, OptionRow>>) => Object.entries(table),
  );
  return Object.fromEntries(
    rows.map(([name, { value }]) => [name, { type: value === undefined ? "boolean" : "string" }]),
  );
}

function text(given: Given, name: OptionName): string | undefined {
  const value = given.get(name);
  return typeof value === "string" ? value : undefined;
}

function choice<const Value extends string>(
  given: Given,
  name: OptionName,
  values: readonly Value[],
): Value | undefined {
  const value = text(given, name);
  const chosen = values.find((each) => each === value);
  if (value === chosen) return chosen;
  throw misuse(`--${name}: expected ${values.join(", ").replace(/, (\w+)$/, " or $1")}`);
}

function required(given: Given, name: OptionName): string {
  const value = text(given, name);
  if (value === undefined) throw misuse(`--${name} is required`);
  return value;
}

function wholeNumber(
  given: Given,
  name: OptionName,
  otherwise: number,
  from: number,
  to: number,
): number {
  const value = text(given, name);
  if (value === undefined) return otherwise;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= from && number <= to))
    throw misuse(`--${name}: expected a whole number from ${String(from)} to ${String(to)}`);
  return number;
}

function suggestion(word: string, known: readonly string[], prefix = ""): string {
  const near = nearest(word, known);
  return near === undefined ? "" : `; did you mean ${prefix}${near}?`;
}

function misuse(detail: string): AppError {
  return new AppError("Misuse", { detail });
}
