/**
 * Built-in roles, with their real identifiers. Only the data actions matter here: the emulator does
 * not enforce RBAC on Resource Manager itself.
 */
export type RoleDefinition = {
  /** The GUID in `…/roleDefinitions/{guid}`. */
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  /** Patterns; `*` stands for any text. */
  readonly dataActions: readonly string[];
};

const KEYS = "Microsoft.KeyVault/vaults/keys";
const SECRETS = "Microsoft.KeyVault/vaults/secrets";

export const ROLE_DEFINITIONS: readonly RoleDefinition[] = [
  {
    name: "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    roleName: "Key Vault Administrator",
    description: "Perform all data plane operations on a key vault and all objects in it",
    dataActions: ["Microsoft.KeyVault/vaults/*"],
  },
  {
    name: "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
    roleName: "Key Vault Crypto Officer",
    description: "Perform any action on the keys of a key vault, except manage permissions",
    dataActions: [`${KEYS}/*`, "Microsoft.KeyVault/vaults/keyrotationpolicies/*"],
  },
  {
    name: "12338af0-0e69-4776-bea7-57ae8d297424",
    roleName: "Key Vault Crypto User",
    description: "Perform cryptographic operations using keys",
    dataActions: [
      `${KEYS}/read`,
      `${KEYS}/update/action`,
      `${KEYS}/backup/action`,
      `${KEYS}/encrypt/action`,
      `${KEYS}/decrypt/action`,
      `${KEYS}/wrap/action`,
      `${KEYS}/unwrap/action`,
      `${KEYS}/sign/action`,
      `${KEYS}/verify/action`,
    ],
  },
  {
    name: "e147488a-f6f5-4113-8e2d-b22465e65bf6",
    roleName: "Key Vault Crypto Service Encryption User",
    description: "Read metadata of keys and perform wrap/unwrap operations",
    dataActions: [`${KEYS}/read`, `${KEYS}/wrap/action`, `${KEYS}/unwrap/action`],
  },
  {
    name: "08bbd89e-9f13-488c-ac41-acfcb10c90ab",
    roleName: "Key Vault Crypto Service Release User",
    description: "Release keys",
    dataActions: [`${KEYS}/release/action`],
  },
  {
    name: "21090545-7ca7-4776-b22c-e363652d74d2",
    roleName: "Key Vault Reader",
    description: "Read metadata of key vaults and its certificates, keys, and secrets",
    dataActions: [
      "Microsoft.KeyVault/vaults/*/read",
      "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ],
  },
  {
    name: "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
    roleName: "Key Vault Certificate User",
    description: "Read certificate contents",
    dataActions: [
      "Microsoft.KeyVault/vaults/certificates/read",
      `${SECRETS}/getSecret/action`,
      `${SECRETS}/readMetadata/action`,
      `${KEYS}/read`,
    ],
  },
  {
    name: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    roleName: "Key Vault Secrets Officer",
    description: "Perform any action on the secrets of a key vault, except manage permissions",
    dataActions: [`${SECRETS}/*`],
  },
  {
    name: "4633458b-17de-408a-b874-0445c86b69e6",
    roleName: "Key Vault Secrets User",
    description: "Read secret contents",
    dataActions: [`${SECRETS}/getSecret/action`, `${SECRETS}/readMetadata/action`],
  },
  {
    name: "a68e7c17-0ab2-4c09-9a58-125dae29748c",
    roleName: "Key Vault Purge Operator",
    description: "Allows permanent deletion of soft-deleted vaults",
    dataActions: [],
  },
  {
    name: "f25e0fa2-a7c8-4377-a976-54943a77a395",
    roleName: "Key Vault Contributor",
    description: "Manage key vaults, but not the keys in them",
    dataActions: [],
  },
  {
    name: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    roleName: "Owner",
    description: "Full access to all resources, including assigning roles",
    dataActions: [],
  },
  {
    name: "b24988ac-6180-42a0-ab88-20f7382dd24c",
    roleName: "Contributor",
    description: "Full access to all resources, without assigning roles",
    dataActions: [],
  },
  {
    name: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    roleName: "Reader",
    description: "View all resources",
    dataActions: [],
  },
  {
    name: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    roleName: "User Access Administrator",
    description: "Manage user access to resources",
    dataActions: [],
  },
  {
    name: "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
    roleName: "Managed Identity Contributor",
    description: "Create, read, update and delete user-assigned identities",
    dataActions: [],
  },
  {
    name: "f1a07417-d97a-45cb-824c-7a7467783830",
    roleName: "Managed Identity Operator",
    description: "Read and assign user-assigned identities",
    dataActions: [],
  },
  {
    name: "add466c9-e687-43fc-8d98-dfcf8d720be5",
    roleName: "Data Box Contributor",
    description: "Manage everything under the Data Box service, but give no access to others",
    dataActions: [],
  },
  {
    name: "028f4ed7-e2a9-465e-a8f4-9c0ffdfdc027",
    roleName: "Data Box Reader",
    description: "View Data Box orders",
    dataActions: [],
  },
];

const DEFINITIONS_BY_NAME = new Map(ROLE_DEFINITIONS.map((role) => [role.name, role]));

export function findRoleDefinition(name: string): RoleDefinition | undefined {
  return DEFINITIONS_BY_NAME.get(name.toLowerCase());
}

export function allowsDataAction(role: RoleDefinition, action: string): boolean {
  return role.dataActions.some((pattern) =>
    matchesAction(pattern.toLowerCase(), action.toLowerCase()),
  );
}

function matchesAction(pattern: string, action: string): boolean {
  const [prefix = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === action;
  const suffix = rest.at(-1) ?? "";
  return (
    action.length >= prefix.length + suffix.length &&
    action.startsWith(prefix) &&
    action.endsWith(suffix)
  );
}
