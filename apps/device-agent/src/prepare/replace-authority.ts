import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

import { AppError, ERRORS } from "@databox-cmk/errors";

import { readChallenge } from "../answers/challenge-answer.ts";
import { brokerAddress } from "../broker-client/broker-address.ts";
import { createTransport } from "../broker-client/transport.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import type { Settings } from "../core/settings.ts";
import { askForChallenge, challengeHash } from "../exchange/ask-for-challenge.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import { holdNode } from "../node/hold-node.ts";
import { openIdentity } from "../node/open-node.ts";
import { custodyOf } from "../share/describe-share.ts";
import { systemCode } from "../state/state-error.ts";

/** What answered is not the broker, or not behind the new authority. */
const WRONG: ReadonlySet<string | undefined> = new Set([
  "certificate",
  "captive-portal",
  "unsigned-answer",
]);

/**
 * Replaces the authority that a prepared node trusts, once the broker was reached with it. If no
 * broker can be reached, the person who has the file decides, and is told so.
 *
 * @throws {AppError} `Misuse`, `BrokerUnreachable` for an authority that does not fit, as
 *   `holdNode`, or what writing the state throws
 */
export async function replaceAuthority(
  caFile: string,
  dependencies: Pick<
    CommandDependencies,
    "stateDir" | "credentialsFolder" | "elapsedMs" | "totalTimeoutMs"
  >,
): Promise<AgentEvent> {
  const pem = readCertificates(caFile);
  using node = await holdNode(dependencies);
  const { folder, settings, store } = node;
  const { connection, serial } = settings;
  const address = brokerAddress(connection);
  using transport = createTransport({ address, certificateAuthority: () => pem });
  const deadline = AbortSignal.timeout(dependencies.totalTimeoutMs);
  let unreached: string | undefined;
  try {
    const answer = await askForChallenge({ transport, serial, deadline });
    const { brokerKeys } = openIdentity(node);
    readChallenge(answer, { brokerKeys, requestHash: challengeHash({ serial }) });
  } catch (error) {
    const isSilence = error instanceof AppError && ERRORS[error.code].class === "unreachable";
    if (!isSilence || WRONG.has(error.reason)) throw error;
    unreached = error.reason ?? error.code;
  }
  folder.writeCertificateAuthority(pem);
  const certificateAuthorityFile = folder.certificateAuthorityPath;
  const changed: Settings = {
    ...settings,
    connection: { ...connection, certificateAuthorityFile },
  };
  folder.writeSettings(changed);
  return {
    ...eventOf("prepare", settings, dependencies),
    outcome: "prepared",
    details: { custody: custodyOf(folder, settings, store.current) },
    notes: notesOf(
      unreached === undefined
        ? "the broker was reached with the new authority"
        : `the broker could not be reached to check the new authority (${unreached}): run databox-agent doctor when it can be`,
      connection.certificateAuthorityFile === undefined &&
        "restart databox-agent serve, which still trusts the public authorities",
    ),
  };
}

/** @throws {AppError} `Misuse` */
export function readCertificates(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    void new X509Certificate(text); // Takes the first certificate, as OpenSSL does.
    return text;
  } catch (error) {
    const detail = `--ca-file: ${path} is not a PEM certificate (${systemCode(error)})`;
    throw new AppError("Misuse", { detail, cause: error });
  }
}
