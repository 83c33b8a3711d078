/**
 * `.local/stack.json` (0600): the stack's addresses, for people, scripts and tests. No URL ends
 * with a slash.
 */
export type StackDescription = {
  readonly armUrl: string;
  readonly authorityUrl: string;
  readonly portalUrl: string;
  readonly brokerUrl: string;
  /** Host suffix with port: a vault is `https://{name}.{vaultSuffix}`. */
  readonly vaultSuffix: string;
  readonly imdsUrl: string;
  readonly emulatorControlUrl: string;
  /** `address:port` of the loopback DNS server that knows the vaults. */
  readonly dnsServer: string;
  readonly caFile: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly storageAccountId: string;
  readonly clients: readonly StackClient[];
  readonly users: readonly { readonly role: string; readonly userName: string }[];
  readonly appliances: readonly StackAppliance[];
};

export type StackClient = {
  readonly role: string;
  readonly clientId: string;
  readonly clientSecret: string;
};

export type StackAppliance = {
  readonly order: string;
  readonly nodes: readonly {
    readonly serial: string;
    readonly uiUrl?: string | undefined;
    readonly stateDir: string;
  }[];
};
