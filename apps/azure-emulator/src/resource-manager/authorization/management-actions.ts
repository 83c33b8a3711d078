/**
 * The actions of the built-in roles on Resource Manager itself, for clients that read role
 * definitions. The emulator does not enforce these: any caller with a token of its tenant may
 * manage everything.
 */
const MANAGEMENT_ACTIONS: Readonly<
  Record<string, { readonly actions: readonly string[]; readonly notActions: readonly string[] }>
> = {
  Owner: { actions: ["*"], notActions: [] },
  Contributor: {
    actions: ["*"],
    notActions: [
      "Microsoft.Authorization/*/Delete",
      "Microsoft.Authorization/*/Write",
      "Microsoft.Authorization/elevateAccess/Action",
    ],
  },
  Reader: { actions: ["*/read"], notActions: [] },
  "Key Vault Contributor": {
    actions: [
      "Microsoft.Authorization/*/read",
      "Microsoft.KeyVault/*",
      "Microsoft.Resources/subscriptions/resourceGroups/read",
    ],
    notActions: [
      "Microsoft.KeyVault/locations/deletedVaults/purge/action",
      "Microsoft.KeyVault/hsmPools/*",
      "Microsoft.KeyVault/managedHsms/*",
    ],
  },
};

/** The roles of Key Vault's data plane may only read vaults. */
const DATA_PLANE_ROLE = {
  actions: [
    "Microsoft.Authorization/*/read",
    "Microsoft.KeyVault/checkNameAvailability/read",
    "Microsoft.KeyVault/deletedVaults/read",
    "Microsoft.KeyVault/locations/*/read",
    "Microsoft.KeyVault/vaults/*/read",
  ],
  notActions: [],
};

export function managementActions(roleName: string) {
  return MANAGEMENT_ACTIONS[roleName] ?? DATA_PLANE_ROLE;
}
