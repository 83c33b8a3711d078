import { Command, InvalidArgumentError } from "commander";

import { advanceClock, setClock, type WorldOptions } from "./arrange-world.ts";
import { callControl, type ControlTarget } from "./control-client.ts";
import { type FaultOptions, toFaultPayload } from "./fault-options.ts";

/** Options of every program that serves the emulated cloud. */
export type CloudOptions = WorldOptions & {
  readonly port: number;
  readonly imdsPort: number;
  readonly dnsPort: number;
};
export type ServeOptions = CloudOptions & {
  readonly data?: string;
  readonly ca: string;
  readonly dnsName?: string[];
};
export type Print = (line: string) => void;

const HIGHEST_PORT = 65_535;
const MISUSE = 2;
/** The authority that `npm start` uses, too: a client that trusts it trusts all of them. */
const DEFAULT_CA_FILE = ".local/tls/ca.pem";

/** The emulator's command line; without a command it runs `serve`. */
export function createProgram(dependencies: {
  serve: (options: ServeOptions) => Promise<void>;
  print: Print;
}): Command {
  const program = new Command("azure-emulator").description(
    "Entra ID, Resource Manager, Key Vault, IMDS and DNS on loopback",
  );
  addCloudCommands(program, dependencies.print)
    .description("start the emulator")
    .option("--data <folder>", "keep the state in this folder; without it, in memory")
    .option(
      "--ca <file>",
      "certificate of the local authority, with its key in <file>.key; both are created if missing",
      DEFAULT_CA_FILE,
    )
    .option("--dns-name <name...>", "more names that DNS answers with loopback")
    .action(dependencies.serve);
  return program;
}

/**
 * Adds the commands that every program of the emulated cloud has: `serve`, `fault` and `clock`.
 *
 * @returns `serve`, without an action.
 */
export function addCloudCommands(program: Command, print: Print): Command {
  // By itself, commander ends with 1 for a command line that it cannot read.
  program.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : MISUSE));
  const serve = program
    .command("serve", { isDefault: true })
    .option("--port <port>", "TLS port of all hosts; 0 chooses a free one", parsePort, 8443)
    .option("--imds-port <port>", "plain HTTP port of IMDS", parsePort, 8445)
    .option("--dns-port <port>", "UDP and TCP port of DNS", parsePort, 8446)
    .option(
      "--seed <file>",
      "JSON: applications, users, settings, requests; example: a key in a vault",
    )
    .option("--fault <file>", "JSON: a list of faults, as POST /faults takes them")
    .option("--clock <time>", "start at this time, or so much later: 2027-03-01T00:00:00Z, P90D");
  addFaultCommands(program, print);
  addClockCommands(program, print);
  return serve;
}

/** The value of an option; 0 chooses a free port. */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/u.test(text) || Number(text) > HIGHEST_PORT)
    throw new InvalidArgumentError(`Expected 0 to ${String(HIGHEST_PORT)}.`);
  return Number(text);
}

function withTarget(command: Command): Command {
  return command
    .option(
      "--control-url <url>",
      "control API of the running emulator",
      "https://control.localhost:8443",
    )
    .option("--ca <file>", "its CA certificate", DEFAULT_CA_FILE);
}

type TargetOptions = { readonly controlUrl: string; readonly ca: string };
const targetOf = ({ controlUrl, ca }: TargetOptions): ControlTarget => ({ controlUrl, caFile: ca });

function addFaultCommands(program: Command, print: Print): void {
  const fault = program.command("fault").description("make things fail");
  withTarget(fault.command("add"))
    .description("add one fault: scope, one effect, and how often")
    .option("--service <name>", "key-vault, entra, imds, resource-manager or dns")
    .option("--vault <name>")
    .option("--operation <name>", "unwrapKey, get, token, …")
    .option("--status <code>", "answer with this status")
    .option("--code <code>", "error.code of that answer")
    .option("--inner-code <code>", "error.innererror.code of that answer")
    .option("--message <text>", "error.message of that answer")
    .option("--retry-after <seconds>", "Retry-After of that answer; absent by default")
    .option("--latency <ms>", "250, 100-400 or p50=40,p99=900")
    .option("--reset", "reset the connection")
    .option("--half-body", "close the connection in the middle of the body")
    .option("--garbage", "answer with something that is not JSON")
    .option("--content-type <type>", "answer with this content type")
    .option("--dns <what>", "timeout, servfail, nxdomain or refused")
    .option("--read-only", "the region has failed over: writes are refused")
    .option("--propagation-delay <seconds>", "of access policies, network rules and roles")
    .option("--visibility-delay <seconds>", "of delete and recover")
    .option("--count <n>", "apply this many times, then remove the fault")
    .option("--probability <p>", "0 to 1")
    .option("--seed <n>", "makes the selection reproducible")
    .action(async (options: FaultOptions & TargetOptions, command: Command) => {
      const payload = payloadOf(options, command);
      print(JSON.stringify(await callControl(targetOf(options), "POST", "/faults", payload)));
    });
  withTarget(fault.command("list")).action(async (options: TargetOptions) => {
    print(JSON.stringify(await callControl(targetOf(options), "GET", "/faults"), undefined, 2));
  });
  withTarget(fault.command("clear").argument("[id]", "one fault; all when absent")).action(
    async (id: string | undefined, options: TargetOptions) => {
      await callControl(
        targetOf(options),
        "DELETE",
        id === undefined ? "/faults" : `/faults/${encodeURIComponent(id)}`,
      );
    },
  );
}

function payloadOf(options: FaultOptions, command: Command): object {
  try {
    return toFaultPayload(options);
  } catch (error) {
    if (error instanceof RangeError) command.error(`error: ${error.message}`);
    throw error;
  }
}

function addClockCommands(program: Command, print: Print): void {
  const clock = program
    .command("clock")
    .description("the emulator's clock: validity, retention, rotation, propagation");
  withTarget(clock.command("show")).action(async (options: TargetOptions) => {
    print(JSON.stringify(await callControl(targetOf(options), "GET", "/clock")));
  });
  withTarget(clock.command("set").argument("<time>", "2027-01-31T12:00:00Z")).action(
    async (time: string, options: TargetOptions) => {
      print(JSON.stringify(await setClock(targetOf(options), time)));
    },
  );
  withTarget(clock.command("advance").argument("<by>", "seconds, or a duration like P90D")).action(
    async (by: string, options: TargetOptions) => {
      print(JSON.stringify(await advanceClock(targetOf(options), by)));
    },
  );
  withTarget(clock.command("reset")).action(async (options: TargetOptions) => {
    print(JSON.stringify(await callControl(targetOf(options), "DELETE", "/clock")));
  });
}
