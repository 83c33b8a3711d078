import { resolve } from "node:path";

import { AppError } from "@databox-cmk/errors";
import type { Denial } from "@databox-cmk/protocol";

import type { PrepareArguments } from "../core/command.ts";
import type { Connection, Settings } from "../core/settings.ts";
import { findOrMakeDeviceKey } from "../device-key/choose-device-key.ts";
import { enrol } from "../exchange/enrol.ts";
import type { Journal } from "../journal/open-journal.ts";
import { connect } from "../node/connect.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { readRecoveryKeys, requireOwnersKeys, thumbprintsOf } from "../share/copy-share.ts";
import { asksForSplit, requireCustody } from "../share/unlock-key.ts";
import { readPrivateFile } from "../state/private-file.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { checkEnrolmentCode } from "./prepare-options.ts";
import { readCertificates } from "./reconnect.ts";

const SUITE = "X-Wing";

export type Enrolling = {
  readonly given: PrepareArguments;
  readonly folder: StateFolder;
  readonly bootId: string;
  readonly journal: Journal;
  readonly dependencies: Pick<CommandDependencies, "readStandardInput" | "totalTimeoutMs">;
};

export type NodeEnrolment =
  | { readonly kind: "enrolled"; readonly settings: Settings }
  | { readonly kind: "denial"; readonly denial: Denial };

/**
 * Writes agent.json last: while it is missing, nothing counts as enrolled, and a rerun sends the
 * same code and key again, to which the broker returns the same enrolment.
 *
 * @throws {AppError} `Misuse`, what the exchange throws, what writing the state throws, and where
 * the enrolment is not what a person asked for: `EnvelopeRejected` or `RecoveryKeyUnconfirmed`
 */
export async function enrolNode(
  enrolling: Enrolling,
  volume: Settings["volume"],
): Promise<NodeEnrolment> {
  const { given, folder, bootId, journal, dependencies } = enrolling;
  const code = checkEnrolmentCode(await readEnrolmentCode(given, dependencies));
  const connection = storeConnection(given, folder);
  const { signingKey, grade } = await findOrMakeDeviceKey(folder, given.deviceKey);
  using transport = connect(connection);
  const { order, serial } = given;
  const input = { code, order, serial, suite: SUITE, bootId, signingKey, grade } as const;
  // The time starts here: a person types the code, and a TPM is slow.
  const deadline = AbortSignal.timeout(dependencies.totalTimeoutMs);
  const answer = await enrol(transport, deadline, input);
  if (answer.kind === "denial") return answer;
  const recoveryKeys = readRecoveryKeys(answer.enrolment.extensions);
  if (asksForSplit(given)) requireCustody(true, answer.envelope);
  requireOwnersKeys(thumbprintsOf(recoveryKeys), given.recoveryKeys, "prepare");
  folder.writeEnvelope(answer.envelope.jws);
  const settings: Settings = {
    version: 1,
    connection,
    order,
    serial,
    volume,
    env: answer.envelope.envelope.context.env,
    suite: SUITE,
    brokerKeys: answer.enrolment.brokerKeys,
    passkeyOrigin: answer.enrolment.passkeyOrigin,
    recoveryKeys: recoveryKeys.length === 0 ? undefined : recoveryKeys.map(({ jwk }) => jwk),
    bootIdFile: given.bootIdFile === undefined ? undefined : resolve(given.bootIdFile),
  };
  folder.writeSettings(settings);
  journal.append("enrolled", { order, serial, deviceKey: signingKey.kid, grade });
  return { kind: "enrolled", settings };
}

/** The authority's certificate is copied, since the named file may be gone tomorrow. */
function storeConnection(
  given: Pick<
    PrepareArguments,
    "broker" | "otherBrokers" | "caFile" | "dnsServer" | "resolveLocalhost"
  >,
  folder: Pick<StateFolder, "writeCertificateAuthority" | "certificateAuthorityPath">,
): Connection {
  const { caFile, dnsServer } = given;
  if (caFile !== undefined) folder.writeCertificateAuthority(readCertificates(caFile));
  return {
    brokerUrl: given.broker,
    otherBrokers: given.otherBrokers && [...given.otherBrokers],
    resolveLocalhost: given.resolveLocalhost,
    certificateAuthorityFile: caFile === undefined ? undefined : folder.certificateAuthorityPath,
    dnsServer,
  };
}

async function readEnrolmentCode(
  { enrolmentCodeFile }: Pick<PrepareArguments, "enrolmentCodeFile">,
  { readStandardInput }: Pick<CommandDependencies, "readStandardInput">,
): Promise<string> {
  if (enrolmentCodeFile === undefined) return readStandardInput("the one-time enrolment code");
  const text = readPrivateFile(enrolmentCodeFile);
  if (text === undefined)
    throw new AppError("Misuse", {
      detail: `--enrolment-code-file: ${enrolmentCodeFile} does not exist`,
    });
  return text;
}
