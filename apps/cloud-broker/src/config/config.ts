import { AppError, type Cloud, CLOUD_NAMES, CLOUDS, PUBLIC_CLOUD } from "@databox-cmk/errors";
import {
  asciiLowerCase,
  IDENTIFIERS,
  LEASE_TTL_SECONDS,
  patternOf,
  senderNetwork,
} from "@databox-cmk/protocol";
import * as z from "zod";

import { parseDatabaseUrl } from "./database-url.ts";
import { networkList } from "./network-list.ts";

const whole = (max: number, min = 0) =>
  z
    .string()
    .regex(/^[0-9]{1,12}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
const guid = z
  .string()
  .regex(IDENTIFIERS.tenantId.pattern)
  .transform((value) => asciiLowerCase(value));
const YEAR_SECONDS = 31_622_400;
const origin = z.url({ protocol: /^https$/ }).transform((value, context) => {
  const url = new URL(value);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "")
    context.addIssue({ code: "custom", message: "not an origin" });
  return url.origin;
});
const dnsServer = z
  .string()
  .regex(/^(?:[0-9.]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}$/)
  .transform((value) => {
    const colon = value.lastIndexOf(":");
    return {
      address: value.slice(0, colon).replaceAll(/[[\]]/g, ""),
      port: Number(value.slice(colon + 1)),
    };
  });
const suffix = z.string().regex(/^[a-z0-9.-]+(?::[0-9]{1,5})?$/);
const list = z.string().transform((value) => value.split(",").map((each) => each.trim()));
const suffixes = z
  .string()
  .toLowerCase()
  .pipe(list)
  .pipe(z.tuple([suffix], suffix));
const origins = list.pipe(z.array(origin).max(8));
const webhookUrls = list.transform((urls, context) => {
  const used = urls.filter((url) => url !== "");
  if (used.length > 10 || used.some((url) => url.length > 2048 || !isPlainHttpsUrl(url)))
    context.addIssue({ code: "custom", message: "not https URLs" });
  return [...new Set(used)];
});
const databaseUrl = z.string().transform((value, context) => {
  const url = parseDatabaseUrl(value);
  if (url === undefined) context.addIssue({ code: "custom", message: "not a database" });
  return url ?? z.NEVER;
});
const flag = z.enum(["true", "false"]).transform((value) => value === "true");
const file = z.string().min(1).max(4096);

/**
 * No user information, which would be a secret in a variable, and no fragment, which is never sent.
 */
export function isPlainHttpsUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url?.protocol === "https:" && url.username === "" && url.password === "" && url.hash === ""
  );
}

type Setting = {
  readonly schema: z.ZodType;
  readonly expected: string;
  readonly meaning: string;
  readonly default?: string;
  readonly optional?: true;
  /** Instead of the default, if AZURE_CLOUD names a cloud. */
  readonly ofCloud?: (cloud: Cloud) => string;
};

/** Kinds of values that several variables have. */
const HOST = {
  schema: z.string().min(1).max(253),
  expected: "a host name or IP address of this machine",
};
const PORT = { schema: whole(65_535), expected: "a port number, 0 to 65535" };
const FILE = { schema: file, expected: "the path of a file" };
const PEM_FILE = { schema: file, expected: "the path of a PEM file" };
const ORIGIN = { schema: origin, expected: "an https origin" };
const UUID = { schema: guid, expected: "a UUID" };
const SECONDS = { schema: whole(YEAR_SECONDS), expected: "whole seconds, 0 or more" };
const PERCENT = { schema: whole(100, 1), expected: "a whole number, 1 to 100" };
const NETWORKS = {
  schema: list
    .pipe(z.array(senderNetwork).min(1).max(64))
    .transform((written) => networkList(written)),
  expected: "IP addresses and networks such as 10.0.0.0/24, separated by commas",
};
const count = (max: number) => ({
  schema: whole(max, 1),
  expected: "a whole number, 1 or more",
});
const limit = (max: number) => ({
  schema: whole(max),
  expected: "a whole number; 0 means no limit",
});

/** One row per variable; the documentation is generated from it. */
export const SETTINGS = {
  BROKER_HOST: {
    ...HOST,
    default: "127.0.0.1",
    meaning: "Address to listen on; :: for IPv6 and IPv4.",
  },
  BROKER_PORT: {
    ...PORT,
    default: "8444",
    meaning: "Port to listen on, with TLS; 0 takes a free port.",
  },
  BROKER_URL: {
    schema: origin,
    default: "https://broker.localhost:8444",
    expected: "an https origin such as https://broker.example:8444",
    meaning:
      "Address at which devices and Entra ID reach the broker; also the issuer of its OpenID Connect tokens.",
  },
  BROKER_TLS_CERTIFICATE_FILE: {
    ...PEM_FILE,
    meaning: "Server certificate with its chain. Read again every ten seconds, and at SIGHUP.",
  },
  BROKER_TLS_KEY_FILE: {
    ...PEM_FILE,
    meaning: "Private key of the server certificate. Read again with it.",
  },
  BROKER_DATA_DIR: {
    schema: file,
    expected: "the path of a writable folder",
    meaning: "Folder of the database and of the broker's own keys (mode 0600).",
  },
  BROKER_KEYS_DIR: {
    schema: file,
    optional: true,
    expected: "the path of a folder",
    meaning:
      "Folder of the broker's own keys, the same for all replicas; without it the keys are in BROKER_DATA_DIR.",
  },
  RESTORE_RECORD_DIR: {
    schema: file,
    optional: true,
    expected: "the path of a writable folder",
    meaning:
      "Folder of decisions that a restored database must not forget: kill switches, erasures, used approvals. Keep it apart from the database, never restore it with it, and let all replicas share it. Without it: restore-record in BROKER_DATA_DIR with SQLite; none with PostgreSQL.",
  },
  DATABASE_URL: {
    schema: databaseUrl,
    optional: true,
    expected: "postgresql://user@host:port/database, without a password",
    meaning:
      "PostgreSQL, for several replicas; without it the database is a SQLite file in BROKER_DATA_DIR. For a Unix socket, the host is the percent-encoded folder.",
  },
  DATABASE_PASSWORD_FILE: {
    ...FILE,
    optional: true,
    meaning: "Password of the database's user; read for each new connection.",
  },
  DATABASE_TLS: {
    schema: z.enum(["verify", "off"]),
    default: "verify",
    expected: "verify or off",
    meaning:
      "Whether connections to PostgreSQL use TLS with a verified server certificate; a Unix socket never uses TLS.",
  },
  DATABASE_CA_FILE: {
    ...PEM_FILE,
    optional: true,
    meaning:
      "Authorities that may issue the database server's certificate, instead of the system's.",
  },
  DATABASE_POOL_SIZE: {
    ...count(1_000),
    default: "10",
    meaning: "Most connections of each broker process to PostgreSQL.",
  },
  DATABASE_TIMEOUT_SECONDS: {
    schema: whole(600, 1),
    default: "10",
    expected: "whole seconds, 1 to 600",
    meaning:
      "How long PostgreSQL may take for one statement, and how long it may hold locks for a silent broker.",
  },
  AZURE_CLOUD: {
    schema: z.enum(CLOUD_NAMES),
    optional: true,
    expected: CLOUD_NAMES.join(", "),
    meaning:
      "Azure's cloud, by the name that az gives it. It sets ARM_URL, ARM_AUDIENCES, ENTRA_AUTHORITY, GRAPH_URL and KEY_VAULT_SUFFIXES unless they are set themselves, and the audience of federated credentials.",
  },
  ARM_URL: {
    ...ORIGIN,
    default: "https://arm.localhost:8443",
    ofCloud: ({ armUrl }) => armUrl,
    meaning:
      "Public address of Resource Manager: audience of callers' tokens, and base of Location headers.",
  },
  ARM_AUDIENCES: {
    schema: origins,
    optional: true,
    ofCloud: ({ managementAudience }) => managementAudience,
    expected: "https origins, separated by commas",
    meaning:
      "Other names of Resource Manager that callers' tokens may have as audience, such as https://management.core.windows.net, which the Azure CLI uses.",
  },
  ENTRA_AUTHORITY: {
    ...ORIGIN,
    default: "https://login.localhost:8443",
    ofCloud: ({ authorityUrl }) => authorityUrl,
    meaning: "Entra ID: https://login.microsoftonline.com in the public cloud.",
  },
  GRAPH_URL: {
    ...ORIGIN,
    default: "https://login.localhost:8443",
    ofCloud: ({ graphUrl }) => graphUrl,
    meaning:
      "Microsoft Graph, from which the portal reads the names of people, and READ_ACCOUNTS their accounts: https://graph.microsoft.com in the public cloud.",
  },
  READ_ACCOUNTS: {
    schema: flag,
    default: "false",
    expected: "true or false",
    meaning:
      "Whether the broker asks GRAPH_URL if the account of an approver exists and is enabled. Its own identity needs User.Read.All there, and Application.Read.All where a policy names applications.",
  },
  TENANT_ID: {
    ...UUID,
    meaning:
      "Home tenant: it has the broker's own identity, and issues the tokens of all callers whose app roles count. An operator can connect tenants of customers.",
  },
  KEY_VAULT_SUFFIXES: {
    schema: suffixes,
    default: "vault.localhost:8443",
    ofCloud: ({ vaultSuffix }) => vaultSuffix,
    expected: "host suffixes, separated by commas, such as vault.azure.net",
    meaning: "Hosts of key vaults; the broker never calls any other host as a vault.",
  },
  SERVICE_KEY_URL: {
    schema: z.url({ protocol: /^https$/ }),
    expected: "the https URL of a key, such as https://name.vault.azure.net/keys/name",
    meaning: "Microsoft-managed key: the service's own key, in the broker's own vault.",
  },
  ISSUER_KEY_URL: {
    schema: z.url({ protocol: /^https$/ }),
    optional: true,
    expected: "the https URL of an RSA key without a version",
    meaning:
      "Key in the broker's own vault that signs its OpenID Connect tokens; by default a key in a file signs them.",
  },
  IDENTITY_RESOURCE_GROUP: {
    schema: z
      .string()
      .regex(
        new RegExp(
          `^/subscriptions/${patternOf("subscriptionId")}/resourceGroups/${patternOf("resourceGroup")}$`,
          "i",
        ),
      )
      .transform((value) => value.toLowerCase()),
    expected: "a resource group id, /subscriptions/{id}/resourceGroups/{name}",
    meaning: "Resource group in which the broker makes the system-assigned identities of orders.",
  },
  BROKER_CLIENT_ID: {
    ...UUID,
    optional: true,
    meaning:
      "Client id of the broker's own managed identity, if its machine has several; by default the machine's only one.",
  },
  BROKER_IDENTITY_TOKEN_FILE: {
    ...FILE,
    optional: true,
    meaning:
      "Token of the service account in Kubernetes that the broker's own managed identity trusts; with BROKER_CLIENT_ID. By default the machine has the identity.",
  },
  EXTRA_CA_FILE: {
    ...PEM_FILE,
    optional: true,
    meaning: "Additional certificate authorities to trust for Azure's endpoints.",
  },
  DNS_SERVER: {
    schema: dnsServer,
    optional: true,
    expected: "address:port",
    meaning: "Name server for Azure's endpoints, instead of the system's.",
  },
  LRO_RETRY_AFTER_SECONDS: {
    ...SECONDS,
    default: "10",
    meaning: "Retry-After of long-running operations.",
  },
  ALLOW_REVERT_TO_MICROSOFT_MANAGED: {
    schema: flag,
    default: "false",
    expected: "true or false",
    meaning: "Whether an order may go back from a customer-managed to the Microsoft-managed key.",
  },
  OUTAGE_GRACE_SECONDS: {
    ...SECONDS,
    default: "86400",
    meaning: "How long an unlocked appliance stays unlocked without an authoritative answer.",
  },
  LEASE_TTL_SECONDS: {
    schema: whole(LEASE_TTL_SECONDS.most, LEASE_TTL_SECONDS.least),
    default: "60",
    expected: `whole seconds, ${String(LEASE_TTL_SECONDS.least)} to ${String(LEASE_TTL_SECONDS.most)}`,
    meaning:
      "How long a grant lasts before it is renewed; an order's unlock policy may say another.",
  },
  OFFLINE_UNLOCKS_PER_DAY: {
    schema: whole(10_000),
    default: "20",
    expected: "whole number, 0 or more",
    meaning: "Most unlocks without network of one order in one UTC day.",
  },
  POLICY_OVERRIDE_HOURS: {
    schema: whole(720, 1),
    default: "24",
    expected: "whole number, 1 to 720",
    meaning:
      "How long everyone with the right can reject an Owner's override of an unlock policy, before it takes effect.",
  },
  PROBE_INTERVAL_SECONDS: {
    schema: whole(3600, 1),
    default: "30",
    expected: "whole seconds, 1 to 3600",
    meaning:
      "How often each key is probed while it holds appliances unlocked; part of the time until they close.",
  },
  KEY_FACTS_SECONDS: {
    schema: whole(60, 0),
    default: "10",
    expected: "whole seconds, 0 to 60",
    meaning:
      "How old the broker's knowledge of a key's dates may be at an unlock; the unwrap itself finds a disabled or deleted key and a withdrawn right at once. 0: each unlock reads the key, and costs its vault two operations instead of one.",
  },
  BACKUP_KEY_AFTER_SECONDS: {
    ...SECONDS,
    default: "900",
    meaning:
      "How long a key's vault must be silent before an order's backup key takes over automatically.",
  },
  PROXY_PROTOCOL_FROM: {
    ...NETWORKS,
    optional: true,
    meaning:
      "Load balancers that pass TCP on. Their connections must begin with a header of PROXY protocol v2, and count as those of the sender that it names. Any other address that sends one is refused. No sender may have such an address itself.",
  },
  FORWARDED_FOR_FROM: {
    ...NETWORKS,
    optional: true,
    meaning:
      "Proxies that end TLS and open their own to the broker. The sender of their requests is the last address in X-Forwarded-For that is not of such a proxy; the header is ignored in requests of others. Their connections are many senders', so set MAX_CONNECTIONS_PER_ADDRESS to 0.",
  },
  MAX_REQUESTS_AT_WORK: {
    ...count(1_000_000),
    default: "256",
    meaning:
      "Most requests of devices in progress at once, and as many of other callers; above a fair share they get 503. Waits for a vault or news do not count. A saturated process accepts 64.",
  },
  MAX_CONNECTIONS: {
    schema: z.union([z.literal("memory"), whole(1_000_000)]),
    default: "memory",
    expected: "memory, or a whole number; 0 means no limit",
    meaning:
      "Most open connections to one process. An unlocked appliance keeps one, which waits for news and renews its lease. `memory`: as many as the memory of the process (its container's limit, or the machine's) holds, at most 25,000. When all are in use, a connection without a lease is closed for a new one: the oldest one of the address with the most.",
  },
  MAX_CONNECTIONS_PER_ADDRESS: {
    ...limit(1_000_000),
    default: "2000",
    meaning:
      "Most open connections of one IP address (of IPv6: one /64) to one process. Enough for a site of about 2,000 appliances behind one address; if a load balancer in front hides its clients' addresses, let it name them (PROXY_PROTOCOL_FROM), or set 0.",
  },
  RATE_LIMIT_ADDRESS_PER_SECOND: {
    ...limit(1_000_000_000),
    default: "200",
    meaning:
      "Most requests of one IP address to one process; bursts of five times that number are allowed.",
  },
  RATE_LIMIT_DEVICE_PER_MINUTE: {
    ...limit(1_000_000_000),
    default: "60",
    meaning:
      "Most messages of one device from one address to one process; bursts of the same number are allowed. Ten times as many without a valid signature from one address.",
  },
  RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE: {
    ...limit(1_000_000_000),
    default: "60",
    meaning: "Most unlock requests of one node, over all replicas.",
  },
  RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE: {
    ...limit(1_000_000_000),
    default: "120",
    meaning: "Most unlock requests of one order, over all replicas.",
  },
  RATE_LIMIT_CUSTOMER_UNLOCKS_PER_MINUTE: {
    ...limit(1_000_000_000),
    default: "6000",
    meaning:
      "Most unlock requests of one subscription, or of one customer's tenant, over all replicas.",
  },
  KEY_HEALTH_INTERVAL_SECONDS: {
    schema: whole(YEAR_SECONDS),
    default: "900",
    expected: "whole seconds; 0 is off",
    meaning:
      "Approximate time between health checks of each order's key; a use of the key counts as a check.",
  },
  KEY_HEALTH_PER_VAULT_PER_MINUTE: {
    ...count(1_000_000),
    default: "60",
    meaning:
      "Most health checks of the keys of one vault; a vault answers some hundred calls a second.",
  },
  KEY_POLL_INTERVAL_SECONDS: {
    schema: whole(86_400),
    default: "3600",
    expected: "whole seconds, 0 to 86400; 0 is off",
    meaning:
      "Approximate time between checks for a newer version of a key without version; an event of Event Grid causes a check at once.",
  },
  EVENT_GRID_AUDIENCE: {
    schema: z.string().regex(/^[\x21-\x7e]{1,255}$/),
    optional: true,
    expected: "an application id or an App ID URI",
    meaning:
      "Entra application for which Event Grid gets its tokens; without it every delivery is rejected.",
  },
  VAULT_OPERATIONS_PER_10_SECONDS: {
    schema: whole(1_000_000, 10),
    default: "4000",
    expected: "a whole number, 10 or more",
    meaning:
      "Capacity of one vault, in operations with RSA-2048 keys in software (Key Vault service limits). The broker counts an operation by its key: 3072 bits as 4, 4096 as 8, twice as many in an HSM.",
  },
  REWRAP_VAULT_PERCENT: {
    ...PERCENT,
    default: "50",
    meaning:
      "Share of a vault's capacity that campaigns and rotations may use; unlocks and probes come first and count too.",
  },
  WEBHOOK_URLS: {
    schema: webhookUrls,
    optional: true,
    expected: "https URLs, separated by commas",
    meaning: "Receivers of events, as signed CloudEvents.",
  },
  NOTICE_CHANNELS_FILE: {
    schema: file,
    optional: true,
    expected: "the path of a JSON file that only the broker's user can read",
    meaning:
      "Teams and Slack channels and e-mail addresses that get messages about events, and the mail server; read once at the start. Without it, no messages are sent.",
  },
  PORTAL_CLIENT_ID: {
    ...UUID,
    optional: true,
    meaning:
      "Application (client) id of the portal's app registration; without it the broker serves no portal.",
  },
  PORTAL_DIR: {
    schema: file,
    optional: true,
    expected: "the path of a folder with index.html",
    meaning: "Files of the portal, served below /portal/ of BROKER_URL; read once at the start.",
  },
  OTLP_TRACES_URL: {
    schema: z.url({ protocol: /^https?$/ }),
    optional: true,
    expected: "a URL such as http://127.0.0.1:4318/v1/traces",
    meaning:
      "Collector of OpenTelemetry traces (OTLP by HTTP); without it the broker makes no traces.",
  },
  OTLP_TRACES_PERCENT: {
    ...PERCENT,
    default: "100",
    meaning:
      "How many of a hundred traces are sent; the others are not made. The id of a trace decides.",
  },
  METRICS_HOST: {
    ...HOST,
    default: "127.0.0.1",
    meaning:
      "Address of the separate listener for metrics, which are for operators and never on the public listener.",
  },
  METRICS_PORT: {
    ...PORT,
    optional: true,
    meaning:
      "Port of /metrics for Prometheus, without TLS; if it is not set, the broker serves no metrics.",
  },
  SHUTDOWN_DELAY_SECONDS: {
    schema: whole(600),
    default: "0",
    expected: "whole seconds, 0 to 600",
    meaning:
      "How long a broker still accepts connections after SIGTERM, while /readyz answers 503 and each answer closes its connection: longer than a load balancer needs to notice.",
  },
  LOG_LEVEL: {
    schema: z.enum(["debug", "info", "warn", "error", "silent"]),
    default: "info",
    expected: "debug, info, warn, error or silent",
    meaning: "Lowest level of log lines that are written, as JSON, to standard output.",
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
export type Environment = Readonly<Record<string, string | undefined>>;
type ValueOf<Row> = Row extends { schema: infer Schema extends z.ZodType }
  ? z.output<Schema> | (Row extends { optional: true } ? undefined : never)
  : never;
/** Frozen; the members have the names of the variables. */
export type BrokerConfig = {
  readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]>;
};

/** A variable that is missing or wrong, with what is expected; and what it is for. */
export type SettingFault = { readonly text: string; readonly meaning: string };

function settingFaults(environment: Environment): readonly SettingFault[] {
  return Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => {
    const text = textOf(environment, name, setting);
    const { expected, meaning } = setting;
    if (text === undefined)
      return setting.optional === true
        ? []
        : [{ text: `${name} is missing: expected ${expected}`, meaning }];
    return setting.schema.safeParse(text).success
      ? []
      : [{ text: `${name} is wrong: expected ${expected}`, meaning }];
  });
}

/** Misuse, whose detail names every wrong variable and its expected value. */
export class WrongSettings extends AppError {
  readonly faults: readonly SettingFault[];

  constructor(faults: readonly SettingFault[]) {
    super("Misuse", { detail: faults.map(({ text }) => text).join("; ") });
    this.faults = faults;
  }
}

/**
 * Reads the whole configuration once. An empty variable counts as absent.
 *
 * @throws {WrongSettings}
 */
export function parseConfig(environment: Environment): BrokerConfig {
  const faults = settingFaults(environment);
  if (faults.length > 0) throw new WrongSettings(faults);
  const values = Object.entries<Setting>(SETTINGS).map(([name, setting]) => {
    const text = textOf(environment, name, setting);
    return [name, text === undefined ? undefined : setting.schema.parse(text)];
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every row was parsed by its own schema
  return Object.freeze(Object.fromEntries(values)) as BrokerConfig;
}

/** The addresses and names of the configured cloud; without one, those of the public cloud. */
export function cloudOf({ AZURE_CLOUD }: Pick<BrokerConfig, "AZURE_CLOUD">): Cloud {
  return CLOUDS[AZURE_CLOUD ?? PUBLIC_CLOUD];
}

function textOf(environment: Environment, name: string, setting: Setting): string | undefined {
  const written = environment[name];
  if (written !== undefined && written !== "") return written;
  const cloud = CLOUD_NAMES.find((known) => known === environment["AZURE_CLOUD"]);
  return (cloud && setting.ofCloud?.(CLOUDS[cloud])) ?? setting.default;
}
