import { brokerAddress } from "../broker-client/broker-address.ts";
import { createTransport, type Transport } from "../broker-client/transport.ts";
import type { Connection } from "../core/settings.ts";
import { readPrivateFile, requireFile } from "../state/private-file.ts";

/** @throws {AppError} `AgentStateUnreadable` when the authority's certificate is missing */
export function connect(connection: Connection): Transport {
  const { certificateAuthorityFile: path } = connection;
  const certificateAuthority = () =>
    path === undefined ? undefined : requireFile(readPrivateFile(path), path);
  certificateAuthority();
  return createTransport({ address: brokerAddress(connection), certificateAuthority });
}
