import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

import { AppError, ERRORS } from "@databox-cmk/errors";

import { readChallenge } from "../answers/challenge-answer.ts";
import { type BrokerAddress, brokerAddresses } from "../broker-client/broker-address.ts";
import { createTransport } from "../broker-client/transport.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import type { Reconnect } from "../core/command.ts";
import { askForChallenge, challengeHash } from "../exchange/ask-for-challenge.ts";
import { certificateAuthorityOf } from "../node/connect.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import { holdNode } from "../node/hold-node.ts";
import { openIdentity } from "../node/open-node.ts";
import { custodyOf } from "../share/describe-share.ts";
import { systemCode } from "../state/state-error.ts";
import { checkBrokers } from "./prepare-options.ts";

/** What answered is not the broker, or not behind the new authority. */
const WRONG: ReadonlySet<string | undefined> = new Set([
  "certificate",
  "captive-portal",
  "unsigned-answer",
]);

/**
 * Replaces the authority that a prepared node trusts, or the addresses of its broker, once the
 * broker was reached with them. If it cannot be reached, the person who gives them decides, and is
 * told so.
 *
 * @throws {AppError} `Misuse`, `BrokerUnreachable` for an authority that does not fit, as
 *   `holdNode`, or what writing the state throws
 */
export async function reconnect(
  { caFile, brokers }: Reconnect,
  dependencies: Pick<
    CommandDependencies,
    "stateDir" | "credentialsFolder" | "elapsedMs" | "totalTimeoutMs"
  >,
): Promise<AgentEvent> {
  const pem = caFile === undefined ? undefined : readCertificates(caFile);
  const [brokerUrl, ...otherBrokers] = checkBrokers(brokers);
  using node = await holdNode(dependencies);
  const { folder, settings, store } = node;
  const { serial } = settings;
  const connection = {
    ...settings.connection,
    ...(brokerUrl !== undefined && {
      brokerUrl,
      otherBrokers: otherBrokers.length === 0 ? undefined : otherBrokers,
    }),
  };
  const trusted = pem ?? certificateAuthorityOf(connection);
  const what = pem === undefined ? "addresses" : "authority";
  const unreached: string[] = [];
  const addresses = brokerAddresses(connection);
  const tryOne = async (address: BrokerAddress): Promise<void> => {
    using transport = createTransport({
      addresses: [address],
      certificateAuthority: () => trusted,
    });
    const deadline = AbortSignal.timeout(dependencies.totalTimeoutMs);
    try {
      const answer = await askForChallenge({ transport, serial, deadline });
      const { brokerKeys } = openIdentity(node);
      readChallenge(answer, { brokerKeys, requestHash: challengeHash({ serial }) });
    } catch (error) {
      const isSilence = error instanceof AppError && ERRORS[error.code].class === "unreachable";
      if (!isSilence || WRONG.has(error.reason)) throw error;
      unreached.push(`${address.authority}: ${error.reason ?? error.code}`);
    }
  };
  await Promise.all(addresses.map((address) => tryOne(address)));
  if (pem !== undefined) {
    folder.writeCertificateAuthority(pem);
    connection.certificateAuthorityFile = folder.certificateAuthorityPath;
  }
  folder.writeSettings({ ...settings, connection });
  return {
    ...eventOf("prepare", settings, dependencies),
    outcome: "prepared",
    details: { custody: custodyOf(folder, settings, store.current) },
    notes: notesOf(
      unreached.length === 0
        ? `the broker was reached with the new ${what}`
        : `${unreached.length < addresses.length ? "some addresses of the broker" : "the broker"} could not be reached to check the new ${what} (${unreached.join("; ")}): run databox-agent doctor when it can be`,
      (brokerUrl !== undefined || settings.connection.certificateAuthorityFile === undefined) &&
        "restart databox-agent serve, which still uses the former ones",
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
