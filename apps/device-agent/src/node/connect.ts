import { brokerAddresses } from "../broker-client/broker-address.ts";
import { createTransport, type Transport } from "../broker-client/transport.ts";
import type { AddressView } from "../core/address-standing.ts";
import type { Connection } from "../core/settings.ts";
import { noteAddressStanding, readAddressStandings } from "../state/address-standing-file.ts";
import { readPrivateFile, requireFile } from "../state/private-file.ts";
import type { CommandDependencies } from "./dependencies.ts";

/** @throws {AppError} `AgentStateUnreadable` when the file is missing */
export function certificateAuthorityOf(connection: Connection): string | undefined {
  const { certificateAuthorityFile: path } = connection;
  return path === undefined ? undefined : requireFile(readPrivateFile(path), path);
}

/**
 * @param notes - where it is noted which of several addresses answer
 * @throws {AppError} `AgentStateUnreadable` when the authority's certificate is missing
 */
export function connect(
  connection: Connection,
  notes?: Pick<CommandDependencies, "stateDir" | "nowIso">,
): Transport {
  const certificateAuthority = () => certificateAuthorityOf(connection);
  certificateAuthority();
  const addresses = brokerAddresses(connection);
  const noted =
    addresses.length > 1 && notes !== undefined
      ? (address: string, standing: "answers" | "left") =>
          noteAddressStanding(notes.stateDir, address, { standing, since: notes.nowIso() })
      : undefined;
  return createTransport({ addresses, certificateAuthority, noted });
}

/** How each of several addresses did when it was tried last; undefined for one alone. */
export function viewAddresses(
  stateDir: string,
  connection: Connection,
): readonly AddressView[] | undefined {
  const addresses = brokerAddresses(connection);
  if (addresses.length === 1) return undefined;
  const known = readAddressStandings(stateDir);
  return addresses.map(({ authority: address }) => ({
    address,
    ...(known[address] ?? { standing: "untried" }),
  }));
}
