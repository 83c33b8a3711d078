import { renameSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { type AzureEmulator, createAzureEmulator } from "@databox-cmk/azure-emulator";
import { createKeys } from "@databox-cmk/cloud-broker/keys";
import { freePort } from "@databox-cmk/testkit";

import { createSendJson } from "../azure/send-json.ts";
import { createTransport } from "../azure/transport.ts";
import type { StackAppliance, StackDescription } from "../core/stack-description.ts";
import { type BrokerRunner, createBrokerProcess } from "./broker-process.ts";
import { prepareCertificates, type StackCertificates } from "./certificates.ts";
import type { ChildService, EndedChild } from "./child-service.ts";
import { createControlApi, type Directory, registerCallers, registerPortal } from "./directory.ts";
import { requireFreePorts, type StackPorts } from "./require-free-ports.ts";
import { seedService, type ServiceResources } from "./seed.ts";

const SERVICE_RESOURCE_GROUP = "databox-service";

export type StackOptions = {
  /** Folder of the stack: certificates, the broker's data, appliances, stack.json. */
  readonly directory: string;
  /** Keeps the cloud's state there, too, and continues the state of a former stack. */
  readonly isKept?: true;
  readonly ports: StackPorts;
  /** The command-line option of a port; absent: `--dns-port` of `dns`. */
  readonly portOption?: (name: string) => string;
  /** Script that runs the broker; tests start theirs, which stops at chosen writes. */
  readonly brokerMain?: string;
  /** Absent: the broker is a process of its own, which runs `brokerMain`. */
  readonly brokerRunner?: BrokerRunner;
  readonly brokerEnvironment?: Readonly<Record<string, string>>;
  /** Answers the emulator's `GET /health`; absent: always ready. */
  readonly isReady?: () => boolean;
  /** Called by the emulator's reset after it has brought back its records. */
  readonly afterReset?: () => Promise<void>;
  /** Called when a process of the stack exits unexpectedly. */
  readonly ended?: (child: EndedChild) => void;
};

export type Stack = {
  readonly description: StackDescription;
  readonly stackFile: string;
  readonly caPem: string;
  readonly directory: Directory;
  readonly emulator: AzureEmulator;
  broker(): ChildService;
  /** The broker's environment; broker commands use it too. */
  readonly brokerEnvironment: Readonly<Record<string, string>>;
  /** Starts a broker on the same data after the former one has ended. */
  restartBroker(environment?: Readonly<Record<string, string>>): Promise<void>;
  /** Writes an appliance, or what is new of it, into stack.json. */
  putAppliance(appliance: StackAppliance): void;
  /** @param order - resource id */
  removeAppliance(order: string): void;
  close(): Promise<void>;
};

/**
 * Starts emulator and broker on loopback, and makes in them what the operator of a broker makes
 * once.
 *
 * @throws {AppError} PortInUse
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  await requireFreePorts(options.ports, options.portOption);
  const brokerData = join(options.directory, "broker");
  if (!options.isKept) await rm(brokerData, { recursive: true, force: true });
  await mkdir(brokerData, { recursive: true, mode: 0o700 });
  await using opened = new AsyncDisposableStack();
  // Meanwhile the rest starts: the two RSA keys of the broker's issuer take the longest.
  const brokerKeys = createKeys(brokerData);
  // A caller that removes the folder must not meet files that are still being written.
  const written = brokerKeys.then(noop, noop);
  opened.defer(() => written);
  const certificates = await prepareCertificates(join(options.directory, "tls"));
  const brokerPort = options.ports.broker === 0 ? await freePort() : options.ports.broker;
  const brokerUrl = `https://broker.localhost:${String(brokerPort)}`;
  const emulator = await createAzureEmulator({
    port: options.ports.emulator,
    imdsPort: options.ports.imds,
    dnsPort: options.ports.dns,
    certificateAuthority: certificates.authority,
    dataDir: options.isKept && join(options.directory, "azure"),
    dnsNames: ["broker.localhost"],
    dataBoxUpstream: { url: brokerUrl, ca: certificates.authority.certificatePem },
    isReady: options.isReady,
    afterReset: options.afterReset,
  });
  opened.defer(() => emulator.close());
  const parts = { certificates, brokerData, brokerKeys, brokerPort, brokerUrl, emulator };
  const stack = await composeStack(options, parts);
  opened.move();
  return stack;
}

const noop = () => undefined;

type Parts = {
  readonly certificates: StackCertificates;
  readonly brokerData: string;
  readonly brokerKeys: Promise<unknown>;
  readonly brokerPort: number;
  readonly brokerUrl: string;
  readonly emulator: AzureEmulator;
};

async function composeStack(options: StackOptions, parts: Parts): Promise<Stack> {
  const { certificates, emulator, brokerUrl } = parts;
  const caPem = certificates.authority.certificatePem;
  const stackFile = join(options.directory, "stack.json");
  using transport = createTransport(caPem);
  const control = createControlApi(createSendJson(transport), emulator.controlUrl);
  const directory = await registerCallers(control);
  const portalClientId = await registerPortal(control, brokerUrl);
  let description: StackDescription = {
    armUrl: emulator.armUrl,
    authorityUrl: emulator.authorityUrl,
    portalUrl: `${brokerUrl}/portal`,
    brokerUrl,
    vaultSuffix: emulator.vaultSuffix,
    imdsUrl: emulator.imdsUrl,
    emulatorControlUrl: emulator.controlUrl,
    dnsServer: `${emulator.dns.address}:${String(emulator.dns.port)}`,
    caFile: certificates.caFile,
    tenantId: emulator.tenantId,
    subscriptionId: emulator.subscriptionId,
    resourceGroup: emulator.resourceGroup,
    location: emulator.location,
    storageAccountId: emulator.storageAccountId,
    clients: directory.clients.map(({ role, clientId, clientSecret }) => ({
      role,
      clientId,
      clientSecret,
    })),
    users: directory.users.map(({ role, userName }) => ({ role, userName })),
    appliances: [],
  };
  const service = await seedService(
    description,
    caPem,
    directory.client("Owner"),
    SERVICE_RESOURCE_GROUP,
    directory.users.filter(({ role }) => role === "Security administrator"),
  );
  await control.put("/imds", { identities: [service.brokerIdentityId] });

  const runner = options.brokerRunner ?? createBrokerProcess(options);
  const settings = {
    ...brokerEnvironment(description, parts, service),
    PORTAL_CLIENT_ID: portalClientId,
    ...runner.settings,
    ...options.brokerEnvironment,
  };
  const startBroker = (environment: Readonly<Record<string, string>> = {}) =>
    runner.start({ ...settings, ...environment });
  await parts.brokerKeys;
  let broker = await startBroker();
  writeStackFile(stackFile, description);
  const appliancesBut = (order: string) =>
    description.appliances.filter((each) => each.order !== order);
  const writeAppliances = (appliances: readonly StackAppliance[]) => {
    description = { ...description, appliances };
    writeStackFile(stackFile, description);
  };
  return {
    get description() {
      return description;
    },
    stackFile,
    caPem,
    directory,
    emulator,
    broker: () => broker,
    brokerEnvironment: settings,
    restartBroker: async (environment) => {
      await broker.stop();
      broker = await startBroker(environment);
    },
    putAppliance: (appliance) => writeAppliances([...appliancesBut(appliance.order), appliance]),
    removeAppliance: (order) => writeAppliances(appliancesBut(order)),
    close: async () => {
      await broker.stop();
      await emulator.close();
    },
  };
}

/**
 * The resource for which SDKs and tools request tokens in the public cloud; the emulated Resource
 * Manager accepts it too.
 */
const PUBLIC_ARM_AUDIENCES = "https://management.azure.com,https://management.core.windows.net";

function brokerEnvironment(
  stack: Pick<
    StackDescription,
    | "armUrl"
    | "authorityUrl"
    | "caFile"
    | "dnsServer"
    | "imdsUrl"
    | "subscriptionId"
    | "tenantId"
    | "vaultSuffix"
  >,
  parts: Parts,
  service: ServiceResources,
): Record<string, string> {
  return {
    BROKER_PORT: String(parts.brokerPort),
    BROKER_URL: parts.brokerUrl,
    BROKER_TLS_CERTIFICATE_FILE: parts.certificates.brokerCertificateFile,
    BROKER_TLS_KEY_FILE: parts.certificates.brokerKeyFile,
    BROKER_DATA_DIR: parts.brokerData,
    ARM_URL: stack.armUrl,
    ARM_AUDIENCES: PUBLIC_ARM_AUDIENCES,
    ENTRA_AUTHORITY: stack.authorityUrl,
    // The emulator serves Microsoft Graph there, too.
    GRAPH_URL: stack.authorityUrl,
    TENANT_ID: stack.tenantId,
    KEY_VAULT_SUFFIXES: stack.vaultSuffix,
    SERVICE_KEY_URL: service.serviceKeyUrl,
    IDENTITY_RESOURCE_GROUP: `/subscriptions/${stack.subscriptionId}/resourceGroups/${SERVICE_RESOURCE_GROUP}`,
    EXTRA_CA_FILE: stack.caFile,
    DNS_SERVER: stack.dnsServer,
    // Clients in Python take 0 for "not said" and wait for 30 seconds.
    LRO_RETRY_AFTER_SECONDS: "1",
    AZURE_POD_IDENTITY_AUTHORITY_HOST: stack.imdsUrl,
    // A new expiry date shall show at the next unlock.
    KEY_FACTS_SECONDS: "0",
  };
}

/**
 * Writes stack.json (0600: it holds the secrets of the stack's clients), whole or not at all. In
 * one turn, so that of two changes the later one stays.
 */
function writeStackFile(path: string, stack: StackDescription): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, `${JSON.stringify(stack, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}
