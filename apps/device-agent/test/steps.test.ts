import { execSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  AppError,
  ERROR_CODES,
  type ErrorCode,
  type ErrorRow,
  ERRORS,
  explain,
  isErrorCode,
} from "@databox-cmk/errors";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import { describe, expect, test } from "vitest";

import { parseCommandLine } from "../src/command-line/parse-command-line.ts";
import { eventOfError } from "../src/core/failure-event.ts";
import { takeAgentLock } from "../src/state/agent-lock.ts";
import { createPreparedWorld, seen } from "./agent-world.ts";

const SOURCES = fileURLToPath(new URL("../src", import.meta.url));

/** The facts for every event of a prepared node (core/failure-event.ts). */
const known = {
  stateDir: "/var/lib/databox-agent",
  serial: "DBX-1",
  brokerUrl: "https://broker.example",
  orderId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.DataBox/jobs/o",
  orderName: "o",
};

/** Facts that only the place of the failure has. */
const GIVEN: Partial<Record<ErrorCode, Readonly<Record<string, string | number>>>> = {
  ApprovalPending: { approvalId: "a" },
  LocalRequestTooMany: { retryAfterSeconds: 30 },
  PasskeyRejected: { triesLeft: 4 },
  PasskeyTriesExhausted: { retryAfterSeconds: 900 },
  PortInUse: { port: 443 },
};

/**
 * The agent itself throws a code at an AppError; any other code in its sources is expected in a
 * denial.
 */
const thrown = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => readFileSync(join(SOURCES, path), "utf8"))
  .flatMap((text) => Array.from(text.matchAll(/new AppError\(([^;]*?)(?:,|\);)/g)))
  .flatMap(([, first = ""]) => Array.from(first.matchAll(/"(\w+)"/g), ([, code = ""]) => code))
  .filter((code) => isErrorCode(code));
const CODES = [...new Set<ErrorCode>([...thrown, "InternalError"])];

const renderingsOf = (codes: readonly ErrorCode[]) =>
  codes.flatMap((code) => {
    const { reasons }: ErrorRow = ERRORS[code];
    return [undefined, ...Object.keys(reasons ?? {})].map((reason) => ({ code, reason }));
  });

describe("a person at the appliance reads no hole in the agent's own texts", () => {
  test("the codes are found, so that silence means something", () => {
    expect(CODES.length).toBeGreaterThan(25);
    expect(CODES).toEqual(
      expect.arrayContaining(["AgentStateUnwritable", "GrantRejected", "AgentBusy"]),
    );
    expect(CODES).toEqual(expect.arrayContaining(Object.keys(GIVEN)));
  });

  test.each(renderingsOf(CODES))("$code $reason", ({ code, reason }) => {
    const error = new AppError(code, { reason, facts: GIVEN[code] });
    const { ask, steps } = eventOfError(error, { event: "unlock", elapsedMs: 1, known });
    expect(JSON.stringify([ask, steps])).not.toMatch(/<[a-zA-Z]+>/);
  });
});

/** Commands of the steps that neither this test nor az-steps.test.ts of e2e/fault-matrix runs. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "apt-get install cryptsetup-bin": "it changes the machine",
  "apt-get install tpm2-tools": "it changes the machine",
  "timedatectl set-ntp true": "it changes the machine",
  "systemctl stop databox-agent": "it needs the installed service",
  "tpm2 getrandom --hex 8": "it needs a TPM",
  "tpm2 pcrread sha256:0,2,4,7": "it needs a TPM",
  "openssl s_client -connect <vaultHost>": "it needs a vault",
  "openssl pkcs12 -in certificate.pfx -info -nokeys": "it needs the customer's file",
  "openssl pkcs12 -in certificate.pfx -out certificate.pem && openssl pkcs12 -export -iter 2048 -in certificate.pem -out new.pfx":
    "it needs the customer's file",
  "broker doctor": "apps/cloud-broker/test/doctor/command.test.ts",
  "broker restore-envelope envelope.jws": "e2e/drills/older-than-device.ts",
  "curl --head <brokerUrl>/healthz": "apps/cloud-broker/test/answers/broker.test.ts",
  "curl <brokerUrl>/oidc/v1/keys": "apps/cloud-broker/test/answers/broker.test.ts",
  "curl <brokerUrl>/.well-known/openid-configuration":
    "apps/cloud-broker/test/answers/broker.test.ts",
};
/** The test that runs a command of the agent in the state for which the step prints it. */
const IN_STATE: Readonly<Record<string, readonly [string, string]>> = {
  "databox-agent --help": ["../src/command-line/parse-command-line", '["--help"]'],
  "databox-agent --state-dir <stateDir> status": ["steps", "of %s runs in its state"],
  "databox-agent --state-dir FOLDER status": ["steps", "of %s runs in its state"],
  "databox-agent --version": ["../../../e2e/debian/package", '["databox-agent", "--version"]'],
  "databox-agent prepare --help": ["../src/command-line/parse-command-line", '"--help"]'],
  "databox-agent challenge": ["split-custody", "the answer that a person carries holds"],
  "databox-agent challenge --qr": ["offline", "is unlocked once by a carried answer"],
  "databox-agent erase": ["erase", "was not countersigned is not called erased, and goes on"],
  "databox-agent journal --verify": ["daemon/journal", "by verify without a network"],
  "databox-agent passkey": ["passkey", "is opened by its passkey without a broker"],
  "databox-agent prepare --ca-file FILE": ["reconnect", "the printed step gives the node"],
  "databox-agent prepare --keep-volume --device-key tpm --broker BROKER --order <orderId> --serial <serial> --volume VOLUME":
    ["split-custody", "after a firmware update a new device key"],
  "databox-agent recover": ["split-custody", "after a firmware update a new device key"],
  "databox-agent rekey": ["rekey", "without a lease nothing is asked"],
  "databox-agent rekey --recovery-keys KEYS": ["split-custody", "which they name at the node"],
  "databox-agent respond": ["offline", "is unlocked once by a carried answer"],
  "databox-agent status": ["one-cause", "status, doctor, journal and page say one cause"],
  "databox-agent unlock": ["one-cause", "an unlock that succeeds ends it everywhere"],
  "databox-agent unlock --cancel": ["approval/approval", "cancelled"],
  "databox-agent unlock --purpose fill": ["../../../e2e/export", "unlockToFill"],
  "databox-agent unlock --purpose ingest": ["../../../e2e/split-custody", "ingest"],
};
/** A person replaces the words in capitals. */
const GIVEN_BY_PERSON: Readonly<Record<string, string>> = {
  BROKER: known.brokerUrl,
  FILE: "/ca.pem",
  FOLDER: "/state",
  KEYS: `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${"a".repeat(43)}`,
  VOLUME: "/dev/sdb",
};

const COMMANDS = new Set(
  renderingsOf(ERROR_CODES)
    .flatMap(({ code, reason }) => explain(code, { reason }).steps)
    .flatMap(({ command = "" }) => (/^(?:az |$)/.test(command) ? [] : command)),
);
const [OF_AGENT = [], OTHERS = []] = [true, false].map((isAgent) =>
  [...COMMANDS].filter((command) => command.startsWith("databox-agent ") === isAgent),
);

const isHere = (command: string) => spawnSync(command.split(" ")[0] ?? "").error === undefined;

describe("a step, as it is printed", () => {
  test.each(OF_AGENT)("%s is taken by the agent", (command) => {
    const words = command
      .replaceAll(/<(\w+)>/g, (_hole, name: keyof typeof known) => known[name])
      .replaceAll(/\b[A-Z]{4,}\b/g, (word) => GIVEN_BY_PERSON[word] ?? word)
      .split(" ")
      .slice(1);
    expect(() => parseCommandLine(words)).not.toThrow();
    const [file, name = ""] = IN_STATE[command] ?? ["no test runs it"];
    const runs = readFileSync(join(import.meta.dirname, `${file}.test.ts`), "utf8");
    expect(runs).toContain(name);
  });

  test.each(["AgentBusy", "AgentNotPrepared"] as const)("of %s runs in its state", async (code) => {
    await using world = await createPreparedWorld();
    using other = new DisposableStack();
    if (code === "AgentBusy") other.use(takeAgentLock(world.stateDir));
    const facts = { stateDir: world.stateDir };
    const [command = ""] = explain(code, { facts }).steps.flatMap(({ command: each = "" }) =>
      each.startsWith("databox-agent --state-dir") ? each : [],
    );
    const line = parseCommandLine(command.replace("FOLDER", world.stateDir).split(" ").slice(1));
    if (line.kind !== "run") throw new Error(command);
    const { stateDir } = line;
    expect(seen(await world.run(line.command, { stateDir }))).toMatchObject({ exit: 0 });
  });

  const RUN = OTHERS.filter((command) => !(command in NOT_RUN) && isHere(command));
  test.each(RUN)("%s runs", (command) => {
    using folder = openTemporaryFolder();
    const stateDir = join(folder.path, "state");
    mkdirSync(stateDir);
    const run = () =>
      execSync(command.replaceAll("<stateDir>", stateDir).replaceAll("<port>", "443"), {
        stdio: "ignore",
      });
    expect(run).not.toThrow();
  });

  test("no command is excused that no step has", () => {
    expect(OTHERS).toEqual(expect.arrayContaining(Object.keys(NOT_RUN)));
  });
});
