import { createPrivateKey, X509Certificate } from "node:crypto";

import {
  AppError,
  type CheckFailure,
  type CheckRun,
  type Finding,
  type Probe,
  runChecks,
} from "@databox-cmk/errors";

import { type Azure, createAzure } from "../../azure/create-azure.ts";
import { createLookup } from "../../azure/transport.ts";
import { type BrokerConfig, type Environment, parseConfig, SETTINGS } from "../../config/config.ts";
import { readPemFile } from "../../config/read-file-within.ts";
import { parseServiceKey } from "../../config/service-key.ts";
import { DOCTOR_CHECKS, type DoctorCheckName } from "../../core/doctor-checks.ts";
import { judgeCertificate, tellRetirements } from "../../core/doctor-judgements.ts";
import type { EpochMs, KeyUrl } from "../../core/order.ts";
import type { Clock } from "../../core/ports.ts";
import { inMib, judgeConnections, readMemoryLimit } from "../../load/memory.ts";
import {
  postgresSettingsOf,
  keysFolderOf,
  nameOfFolder,
  restoreRecordOf,
} from "../open-data-dir.ts";
import { probeClock } from "./probe-clock.ts";
import { probeIssuer } from "./probe-issuer.ts";
import { probeIdentity, probeOwnKeys, probeServiceKey, probeServiceKeyUse } from "./probe-keys.ts";
import { probeRestores } from "./probe-restores.ts";
import {
  createPostgresProbes,
  createSqliteProbes,
  type DatabaseProbes,
  probeDataFolder,
} from "./probe-storage.ts";

export type ExaminationOptions = {
  readonly environment: Environment;
  readonly now: Clock;
  /** Monotonic. */
  readonly elapsedMs: () => number;
};

/**
 * Checks everything that the broker needs, from its configuration to its vault; may run beside a
 * serving broker.
 */
export async function examineBroker(options: ExaminationOptions): Promise<CheckRun> {
  await using opened = new AsyncDisposableStack();
  return await runChecks(DOCTOR_CHECKS, createProbes(options, opened), options.elapsedMs);
}

type Known = { readonly config: BrokerConfig; readonly serviceKey: KeyUrl; readonly azure: Azure };

function createProbes(
  { environment, now }: ExaminationOptions,
  opened: AsyncDisposableStack,
): Readonly<Record<DoctorCheckName, Probe>> {
  let read: Known | undefined;
  let issuerKid: string | undefined;
  let serviceKid: string | undefined;

  function known(): Known {
    if (read === undefined) throw new TypeError("a check ran before the configuration was read");
    return read;
  }
  const dataDir = (): string => known().config.BROKER_DATA_DIR;

  async function databaseProbes(): Promise<DatabaseProbes> {
    const settings = await postgresSettingsOf(known().config);
    return settings === undefined ? createSqliteProbes(dataDir()) : createPostgresProbes(settings);
  }

  async function probeConfiguration(): Promise<Finding> {
    const config = parseConfig(environment);
    const serviceKey = parseServiceKey(config);
    read = { config, serviceKey, azure: await openAzure(config, now) };
    const { azure } = read;
    opened.defer(() => azure.close());
    const set = Object.keys(SETTINGS).filter((name) => (environment[name] ?? "") !== "");
    return {
      ok: true,
      found: `${String(set.length)} of ${String(Object.keys(SETTINGS).length)} variables are set`,
    };
  }

  const probeName =
    (
      variable: "ENTRA_AUTHORITY" | "ARM_URL" | "SERVICE_KEY_URL",
      unreachable: Pick<CheckFailure, "code" | "reason">,
    ) =>
    () => {
      const { config } = known();
      return resolveName(config, new URL(config[variable]).hostname, unreachable);
    };

  return {
    configuration: probeConfiguration,
    memory: () => Promise.resolve(probeMemory(known().config)),
    "data-folder": () => probeDataFolder(dataDir()),
    database: async () => (await databaseProbes()).database(),
    migrations: async () => (await databaseProbes()).migrations(),
    "database-write": async () => (await databaseProbes())["database-write"](),
    "database-rights": async () => (await databaseProbes())["database-rights"](),
    restores: async () => {
      const record = restoreRecordOf(known().config);
      return (await databaseProbes()).ask((store) => probeRestores(store, record, now()));
    },
    async "signing-keys"() {
      const { config } = known();
      const keys = await probeOwnKeys(keysFolderOf(config), nameOfFolder(config));
      // A key in a vault is identified by its version there.
      issuerKid = config.ISSUER_KEY_URL === undefined ? keys.issuerKid : undefined;
      return keys.finding;
    },
    clock() {
      const { ENTRA_AUTHORITY, DNS_SERVER } = known().config;
      return probeClock(ENTRA_AUTHORITY, createLookup(DNS_SERVER), now);
    },
    certificate() {
      const { BROKER_TLS_CERTIFICATE_FILE: certificateFile, ...config } = known().config;
      const files = { certificateFile, keyFile: config.BROKER_TLS_KEY_FILE };
      return probeCertificate(files, new URL(config.BROKER_URL).hostname, now());
    },
    "name-authority": probeName("ENTRA_AUTHORITY", {
      code: "IdentityProviderUnreachable",
      reason: "entra",
    }),
    "name-resource-manager": probeName("ARM_URL", { code: "ResourceManagerUnreachable" }),
    "name-vault": probeName("SERVICE_KEY_URL", { code: "KeyVaultUnreachable", reason: "dns" }),
    issuer: () => probeIssuer(known().azure.agent, known().config.BROKER_URL, issuerKid),
    identity: () => probeIdentity(known().azure.vaults),
    async "service-key"() {
      const { azure, serviceKey } = known();
      const probed = await probeServiceKey(azure.vaults, serviceKey, now());
      serviceKid = probed.kid;
      return probed.finding;
    },
    "service-key-use": () =>
      probeServiceKeyUse(known().azure.vaults, known().serviceKey, serviceKid ?? ""),
    retirements: () => Promise.resolve(tellRetirements(now())),
  };
}

/** @throws {AppError} Misuse for more connections than fit */
function probeMemory({ MAX_CONNECTIONS }: Pick<BrokerConfig, "MAX_CONNECTIONS">): Finding {
  const memoryBytes = readMemoryLimit();
  const { limit, fault: detail } = judgeConnections(MAX_CONNECTIONS, memoryBytes);
  if (detail !== undefined) throw new AppError("Misuse", { detail });
  return { ok: true, found: `${inMib(memoryBytes)}, at most ${String(limit)} connections` };
}

async function openAzure(config: BrokerConfig, now: Clock): Promise<Azure> {
  const { EXTRA_CA_FILE: file } = config;
  const extraCaPem = file === undefined ? undefined : await readPemFile("EXTRA_CA_FILE", file);
  return createAzure(config, {
    extraCaPem,
    signAssertion: () => Promise.reject(new TypeError("the doctor acts for no order")),
    now,
    random: Math.random,
  });
}

/**
 * A name that does not resolve is not a refusal: the failure belongs to the service behind the
 * name.
 */
function resolveName(
  { DNS_SERVER: server }: BrokerConfig,
  hostname: string,
  unreachable: Pick<CheckFailure, "code" | "reason">,
): Promise<Finding> {
  return new Promise((resolve) => {
    createLookup(server)(hostname, {}, (error, found) => {
      if (error === null) {
        const address = typeof found === "string" ? found : (found[0]?.address ?? "");
        resolve({ ok: true, found: `${hostname} is ${address}` });
        return;
      }
      const detail = `${hostname} cannot be resolved (${error.code ?? "no answer"})`;
      const remedy = { who: "broker-operator", text: adviceOn(server) } as const;
      resolve({ ok: false, failure: { ...unreachable, detail, remedy } });
    });
  });
}

function adviceOn(server: BrokerConfig["DNS_SERVER"]): string {
  if (server === undefined)
    return "Check that this machine's name server knows the name, or set another one in DNS_SERVER";
  return `Check that the name server ${server.address}:${String(server.port)} of DNS_SERVER answers and knows the name`;
}

/** @throws {AppError} Misuse that names the variable and the file */
async function probeCertificate(
  files: { readonly certificateFile: string; readonly keyFile: string },
  hostname: string,
  nowMs: EpochMs,
): Promise<Finding> {
  const certificatePem = await readPemFile("BROKER_TLS_CERTIFICATE_FILE", files.certificateFile);
  const keyPem = await readPemFile("BROKER_TLS_KEY_FILE", files.keyFile);
  const certificate = parse("BROKER_TLS_CERTIFICATE_FILE", "certificate", () => {
    return new X509Certificate(certificatePem);
  });
  const privateKey = parse("BROKER_TLS_KEY_FILE", "private key", () => createPrivateKey(keyPem));
  return judgeCertificate(
    {
      hostname,
      coversHostname: certificate.checkHost(hostname) !== undefined,
      fitsPrivateKey: certificate.checkPrivateKey(privateKey),
      names: certificate.subjectAltName ?? certificate.subject,
      validFromMs: certificate.validFromDate.getTime(),
      validToMs: certificate.validToDate.getTime(),
    },
    nowMs,
  );
}

function parse<Value>(variable: string, what: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new AppError("Misuse", { detail: `${variable}: expected a PEM ${what}`, cause });
  }
}
