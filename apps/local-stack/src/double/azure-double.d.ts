/** Options of {@link startDouble}; the README describes each as an option of the program. */
export type DoubleOptions = {
  /** Folder of the CA and of stack.json; default `.local`. */
  readonly directory?: string;
  /** Default: free ones. */
  readonly ports?: {
    readonly emulator?: number;
    readonly broker?: number;
    readonly imds?: number;
    readonly dns?: number;
  };
  /** File with the applications, users and requests of the start, or `example`. */
  readonly seed?: string;
  /** File with a list of faults. */
  readonly fault?: string;
  /** `2027-03-01T00:00:00Z`, `P90D` or seconds. */
  readonly clock?: string;
};

export type Double = {
  /** `https://arm.localhost:8443` */
  readonly armUrl: string;
  /** `https://login.localhost:8443` */
  readonly authorityUrl: string;
  /** `vault.localhost:8443`: the hosts of vaults are names below it. */
  readonly vaultSuffix: string;
  readonly imdsUrl: string;
  /** `127.0.0.1:8446` */
  readonly dnsServer: string;
  readonly controlUrl: string;
  /** PEM that its clients trust. */
  readonly caFile: string;
  /** JSON with all addresses, and a client id and secret for each role. */
  readonly stackFile: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly storageAccountId: string;
  /** Address of the broker, which serves Microsoft.DataBox and its devices. */
  readonly brokerUrl: string;
  /** Applications with their roles at the subscription. */
  readonly clients: readonly {
    readonly role: string;
    readonly clientId: string;
    readonly clientSecret: string;
  }[];
  // oxlint-disable typescript/no-explicit-any -- the types of Node and of Azure's SDK are not here
  /** An `https.Agent` that trusts the double and finds its names. */
  readonly agent: any;
  /** Options of each client of Azure's SDK: it then uses the agent. */
  readonly clientOptions: { readonly additionalPolicies: any[] };
  // oxlint-enable typescript/no-explicit-any
  /** Brings it back to the state after its start; client ids, secrets and ports stay. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

/** Starts Entra ID, Resource Manager, Key Vault, Microsoft.DataBox, IMDS and DNS in this process. */
export declare function startDouble(options?: DoubleOptions): Promise<Double>;
