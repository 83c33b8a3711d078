import { createServer } from "node:https";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { AppError } from "@databox-cmk/errors";
import { createRateLimit, readStaticSite } from "@databox-cmk/http";
import type { RenewedLease } from "@databox-cmk/protocol";

import type { AgentEvent } from "../core/agent-event.ts";
import type { LocalUiOptions } from "../core/command.ts";
import { eventOfError, knownFacts } from "../core/failure-event.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { Settings } from "../core/settings.ts";
import { viewAddresses } from "../node/connect.ts";
import type { CommandDependencies, RunCommand } from "../node/dependencies.ts";
import { readCause } from "../node/read-cause.ts";
import { provePasskey, type PasskeyDependencies } from "../passkey/passkey.ts";
import { custodyOf } from "../share/describe-share.ts";
import { momentIn, readBootId } from "../state/boot.ts";
import { requireFile } from "../state/private-file.ts";
import { systemCode } from "../state/state-error.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { readWaitingRequest } from "../state/waiting-request-file.ts";
import { createApprovalWaiter } from "./approval-waiter.ts";
import { openCertificateStore } from "./certificates/certificate-store.ts";
import { namesOf } from "./certificates/own-certificate.ts";
import { createEventStreams } from "./event-stream.ts";
import { createHandler } from "./handle-request.ts";
import { limitConnections } from "./limit-connections.ts";
import { createOperations, createRunNodeCommand } from "./local-operations.ts";
import { createCertificateRoutes, createNodeRoutes, createSessionRoutes } from "./node-routes.ts";
import { type LocalContext, type LocalRoute, shows } from "./route.ts";
import { createSessionStore, type Session } from "./session-store.ts";
import { createSiblingMemory } from "./sibling-memory.ts";
import { viewState } from "./state-view.ts";
import { createCarriedRoutes, createUnlockRoutes } from "./unlock-routes.ts";

export type LocalUi = AsyncDisposable & {
  readonly port: number;
  readonly fingerprint: string;
  /** A test walks them. */
  readonly routes: readonly Pick<LocalRoute, "method" | "path" | "authentication">[];
  /** Notifies listeners if the state differs from the last one. */
  look(state: MachineState): void;
  /** Takes what the broker says about the other nodes of the order. */
  meet(answer: RenewedLease): void;
  /** Takes news of the daemon. */
  hear(event: AgentEvent): void;
};

const PAGE_FOLDER = join(dirname(fileURLToPath(import.meta.url)), "ui");
const TIMEOUTS = {
  handshakeTimeout: 5_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
} as const;

function createLocalRoutes(
  context: LocalContext,
  view: (session: Session | undefined) => ReturnType<typeof viewState>,
): readonly LocalRoute[] {
  return [
    shows("/api/state", "public", ({ session }) => view(session)),
    ...createSessionRoutes(context),
    ...createUnlockRoutes(context),
    ...createCarriedRoutes(context),
    ...createNodeRoutes(context),
    ...createCertificateRoutes(context),
  ];
}

const nowMs = () => performance.now();

/**
 * TLS by the appliance's own certificate, the page, and its API (docs/reference/local-ui-api.md).
 * Needs no network beyond the one that reaches it.
 *
 * @throws {AppError} `PortInUse`, or of the state folder
 */
export async function startLocalUi(input: {
  readonly options: LocalUiOptions;
  readonly folder: StateFolder;
  readonly settings: Settings;
  readonly dependencies: PasskeyDependencies & Pick<CommandDependencies, "pause" | "report">;
  readonly run: RunCommand;
  /** The folder of the built page; beside the program, unless a test says otherwise. */
  readonly pageFolder?: string;
}): Promise<LocalUi> {
  const { options, folder, settings, dependencies } = input;
  const { nowIso, pause, report } = dependencies;
  let looked = "";
  let heardAnswer: string | undefined;
  let openedAt: string | undefined;
  const streams = createEventStreams();
  const changed = () => streams.changed();
  const siblings = createSiblingMemory(nowMs, changed);
  const sessions = createSessionStore(nowMs);
  const operations = createOperations({ nowIso, nowMs, changed });
  const certificates = openCertificateStore({
    folder: folder.path,
    serial: settings.serial,
    nowMs: Date.now,
    changed: ({ certificatePem, privateKeyPem }) => {
      server.setSecureContext({ cert: certificatePem, key: privateKeyPem, minVersion: "TLSv1.2" });
    },
  });
  const { model, shutDownCommand } = options;
  const moment = () => momentIn(readBootId(settings.bootIdFile));
  const waiting = () => readWaitingRequest(folder.path, moment());
  /** A journal that cannot be read is the failure that is shown; the page still locks the volume. */
  const known = ({ lock }: Pick<MachineState, "lock">) => {
    try {
      return readCause(folder, settings, { nowIso, elapsedMs: nowMs });
    } catch (error) {
      const context = { elapsedMs: 0, known: knownFacts(folder.path, settings) };
      const cause = { ...eventOfError(error, { event: "serve", ...context }), at: lock.since };
      return { waiting: undefined, cause };
    }
  };
  const waiter = createApprovalWaiter({ run: input.run, pause, report, changed });
  const view = (session: Session | undefined) => {
    const state = requireFile(folder.readState(), `${folder.path}/state.json`);
    return viewState(
      {
        settings,
        state,
        custody: readCustody(folder, settings, state),
        addresses: viewAddresses(folder.path, settings.connection),
        tries: folder.readPasskeyTries(),
        ...known(state),
        isAsked: waiter.operation !== undefined,
        moment: moment(),
        siblings: siblings.current,
        model,
        operations,
        canShutDown: shutDownCommand !== undefined,
      },
      session,
    );
  };
  const run = createRunNodeCommand(input.run, report);
  const context: LocalContext = {
    settings,
    sessions,
    operations,
    waiter,
    certificates,
    run,
    provePasskey: (typed) => provePasskey(typed, dependencies),
    shutDownCommand,
  };
  const routes = createLocalRoutes(context, view);
  const ownNames = namesOf(settings.serial);
  const handler = createHandler({
    routes,
    sessions,
    site: readStaticSite(input.pageFolder ?? PAGE_FOLDER),
    streams,
    view,
    isOwnName: (name) => ownNames.includes(name) || certificates.isFor(name),
    serial: settings.serial,
    known: knownFacts(folder.path, settings),
    limit: createRateLimit({ burst: 120, tokensPerSecond: 10, now: nowMs }),
    costlyLimit: createRateLimit({ burst: 10, tokensPerSecond: 0.2, now: nowMs }),
  });
  const { certificatePem: cert, privateKeyPem: key } = certificates.current;
  const server = createServer(
    { cert, key, minVersion: "TLSv1.2", ...TIMEOUTS },
    (request, response) => {
      void handler(request, response);
    },
  );
  limitConnections(server);
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    routes,
    fingerprint: certificates.view().certificate.fingerprint,
    look(state) {
      const answer = answerOf(state);
      if (answer !== undefined && answer !== heardAnswer) operations.answered();
      heardAnswer = answer;
      if (state.lock.kind === "unlocked" && state.lock.since !== openedAt) operations.opened();
      openedAt = state.lock.kind === "unlocked" ? state.lock.since : undefined;
      // Without a lease, nothing tells this node when the other nodes change.
      if (answer === undefined) siblings.forget();
      const { id, given } = waiting()?.approval ?? {};
      const text = JSON.stringify([state.lock, state.generation, state.counter, id, given]);
      if (text !== looked) streams.changed();
      looked = text;
    },
    meet(answer) {
      siblings.meet(answer);
    },
    hear: (event) => operations.hear(event),
    async [Symbol.asyncDispose]() {
      await waiter[Symbol.asyncDispose]();
      streams[Symbol.dispose]();
      sessions.closeAll();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Where the envelope cannot be read, the passkey's own failure says so. */
function readCustody(...node: Parameters<typeof custodyOf>) {
  try {
    return custodyOf(...node);
  } catch (error) {
    if (error instanceof AppError) return "escrow";
    throw error;
  }
}

/** The broker's answer that the lease is based on. */
function answerOf({ lock }: Pick<MachineState, "lock">): string | undefined {
  const lease = lock.kind === "unlocked" ? lock.lease : undefined;
  return lease === undefined ? undefined : `${lease.id} ${String(lease.sequence)}`;
}

function listen(
  server: ReturnType<typeof createServer>,
  { port, host }: LocalUiOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const inUse = systemCode(error) === "EADDRINUSE";
      const detail = `${host}: cannot listen there (${systemCode(error)})`;
      reject(
        inUse
          ? new AppError("PortInUse", { facts: { port }, cause: error })
          : new AppError("Misuse", { detail: `--ui-host ${detail}`, cause: error }),
      );
    });
    server.listen(port, host, resolve);
  });
}
