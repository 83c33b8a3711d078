import { brokerAddresses } from "../broker-client/broker-address.ts";
import { createTransport, type Transport } from "../broker-client/transport.ts";
import type { Connection } from "../core/settings.ts";
import { readPrivateFile, requireFile } from "../state/private-file.ts";

/** @throws {AppError} `AgentStateUnreadable` when the file is missing */
export function certificateAuthorityOf(connection: Connection): string | undefined {
  const { certificateAuthorityFile: path } = connection;
  return path === undefined ? undefined : requireFile(readPrivateFile(path), path);
}

/** @throws {AppError} `AgentStateUnreadable` when the authority's certificate is missing */
export function connect(connection: Connection): Transport {
  const certificateAuthority = () => certificateAuthorityOf(connection);
  certificateAuthority();
  return createTransport({ addresses: brokerAddresses(connection), certificateAuthority });
}
