export { parseAgentOutput } from "./agent-output.ts";
export type { AgentEvent, AgentRun } from "./agent-output.ts";
export { COMPILED_ONCE } from "./compiled-once.ts";
export { codeOf, DeviceClient } from "./device-client.ts";
export type { DeviceAnswer, ExchangeAnswer, PreparedUnlock, Tamper } from "./device-client.ts";
export { journalOf } from "./journal-of.ts";
export { LeaseClient, RekeyClient } from "./lease-client.ts";
export { createHttpsTransport } from "./https-transport.ts";
export type { RawAnswer, Transport } from "./https-transport.ts";
export type { FakeApproval } from "./fake-approvals.ts";
export { createFakeBroker } from "./fake-broker.ts";
export type { FakeNode } from "./fake-broker-node.ts";
export type {
  FakeBroker,
  FakeRefusal,
  LeaseTerms,
  Interceptor,
  WireAnswer,
} from "./fake-broker.ts";
export { mayMount, mountDisk } from "./mount-disk.ts";
export { required } from "./required.ts";
export { requireTool } from "./require-tool.ts";
export { hasPgbouncer, startPgbouncer } from "./start-pgbouncer.ts";
export type { Pgbouncer } from "./start-pgbouncer.ts";
export { findPostgres, startPostgres } from "./start-postgres.ts";
export type { PostgresOptions, PostgresServer } from "./start-postgres.ts";
export { openPostgresLink } from "./open-postgres-link.ts";
export type { PostgresLink } from "./open-postgres-link.ts";
export { wrapProse } from "@databox-cmk/errors/docs";
export { freePort } from "./free-port.ts";
export { createLocalhostTls } from "./localhost-tls.ts";
export { folderFor, openTemporaryFolder } from "./open-temporary-folder.ts";
export type { TemporaryFolder } from "./open-temporary-folder.ts";
