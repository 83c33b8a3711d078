import { CLOUD_NAMES } from "@databox-cmk/errors";
import * as z from "zod";

const port = z.int().min(0).max(65_535);
const certificateWithKey = z.strictObject({
  certificatePem: z.string().includes("BEGIN CERTIFICATE"),
  privateKeyPem: z.string().includes("PRIVATE KEY"),
});

/** The options of `createAzureEmulator`; every member has a default. */
const schema = z.strictObject({
  /** TLS port of all hosts; 0: a free one. */
  port: port.default(8443),
  imdsPort: port.default(8445),
  dnsPort: port.default(8446),
  /**
   * Which cloud to be: its parts have the names of this cloud, which the emulator's DNS resolves.
   * Absent: names below `localhost`, and the public cloud's audiences.
   */
  cloud: z.enum(CLOUD_NAMES).optional(),
  /** Folder of the state; absent: memory. */
  dataDir: z.string().min(1).optional(),
  /** Absent: one of its own, kept in `dataDir`. */
  certificateAuthority: certificateWithKey.optional(),
  tenantId: z.guid().default("0a0b0c0d-1111-4222-8333-444455556666"),
  subscriptionId: z.guid().default("1b2c3d4e-5555-4666-8777-888899990000"),
  location: z
    .string()
    .regex(/^[a-z0-9]{1,32}$/u)
    .default("westus"),
  resourceGroup: z
    .string()
    .regex(/^[\w.()-]{1,90}$/u)
    .default("databox-demo"),
  storageAccount: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/u)
    .default("databoxdemo"),
  /** The address of Microsoft.DataBox. */
  dataBoxUpstream: z.strictObject({ url: z.url(), ca: z.string().optional() }).optional(),
  /**
   * PEM; trusted when the keys of federated issuers are fetched, beside the emulator's own
   * authority.
   */
  issuerCa: z.string().optional(),
  /** Names besides its own that the DNS server answers with loopback: `broker.localhost`. */
  dnsNames: z.array(z.string().max(253)).max(64).default([]),
  /** The lifetime of Entra ID's access tokens and id_tokens; absent: an hour. */
  tokenLifetimeSeconds: z.int().min(1).max(86_400).optional(),
  imdsTokenLifetimeSeconds: z.int().min(1).max(86_400).optional(),
});

export type EmulatorConfig = z.output<typeof schema>;
export type EmulatorConfigInput = z.input<typeof schema>;

/** @throws RangeError which names the first wrong option. */
export function parseConfig(options: EmulatorConfigInput): Readonly<EmulatorConfig> {
  const result = schema.safeParse(options);
  if (result.success) return Object.freeze(result.data);
  const [issue] = result.error.issues;
  throw new RangeError(`option ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is wrong"}`);
}
