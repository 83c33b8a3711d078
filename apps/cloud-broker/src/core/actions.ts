import { namesOf } from "@databox-cmk/errors";

/** The title and the purpose of each action. `availableSkus/read` has no route, as in Azure. */
const ROWS = {
  "locations/operationResults/read": [
    "Read operation results",
    "Reads the state of a long-running operation",
  ],
  "jobs/cancel/action": ["Cancel jobs", "Cancels an order that is not yet being processed"],
  "jobs/bookShipmentPickUp/action": ["Book shipment pick-up", "Books the pick-up of an appliance"],
  "jobs/read": ["Read jobs", "Lists or reads orders"],
  "jobs/delete": ["Delete jobs", "Deletes an ended order"],
  "jobs/write": ["Create or update jobs", "Places or changes an order"],
  "jobs/listCredentials/action": ["List credentials", "Shows the unlock key of an appliance"],
  "jobs/markDevicesShipped/action": [
    "Mark devices shipped",
    "Records that appliances were sent back",
  ],
  "jobs/mitigate/action": ["Mitigate jobs", "Answers a halted copy"],
  "locations/validateInputs/action": [
    "Validate inputs",
    "Checks the inputs of an order before it is placed",
  ],
  "locations/validateAddress/action": ["Validate address", "Checks a shipping address"],
  "locations/availableSkus/action": [
    "List available skus",
    "Lists the appliances that can be ordered",
  ],
  "locations/availableSkus/read": [
    "Read available skus",
    "Lists the appliances that can be ordered",
  ],
  "locations/regionConfiguration/action": [
    "Read region configuration",
    "Shows what a region offers",
  ],
  "operations/read": ["List operations", "Lists these operations"],
  "jobs/validateKeyEncryptionKey/action": [
    "Validate key encryption key",
    "Runs every check of a key and changes nothing",
  ],
  "jobs/keyHealth/check/action": [
    "Check key health",
    "Asks the vault now whether the key of an order is usable",
  ],
  "jobs/activity/read": ["Read activity", "Reads the audit rows of an order"],
  "jobs/diagnostics/read": [
    "Read diagnostics",
    "Reads the timeline of one unlock by its correlation id",
  ],
  "jobs/revoke/action": [
    "Revoke unlocking",
    "Refuses unlocks of an order and re-locks its appliances at once",
  ],
  "jobs/restoreAccess/action": [
    "Restore unlocking",
    "Allows unlocks again after they were revoked",
  ],
  "jobs/revocationDrill/action": [
    "Drill a revocation",
    "Measures how fast a revocation reaches the appliances, which stay unlocked",
  ],
  "jobs/revocationDrill/read": ["Read a revocation drill", "Reads the figures of the last drill"],
  "jobs/backupKeys/read": [
    "Read backup keys",
    "Reads an order's backup keys and whether one is in use",
  ],
  "jobs/backupKeys/write": ["Add a backup key", "Adds a backup key to an order or replaces it"],
  "jobs/backupKeys/delete": ["Remove a backup key", "Removes a backup key"],
  "jobs/backupKeys/use/action": [
    "Use a backup key now",
    "Uses a backup key in place of a key that was deleted or whose vault does not answer",
  ],
  "jobs/revocations/read": ["Read revocations", "Reads who revoked unlocking and why"],
  "jobs/unlockBudget/read": ["Read unlock budget", "Reads an order's unlocks per day"],
  "jobs/unlockBudget/write": ["Set unlock budget", "Limits the unlocks of an order per day"],
  "jobs/unlockBudget/delete": ["Remove unlock budget", "Removes the limit of unlocks per day"],
  "jobs/offlineUnlocks/action": [
    "Unlock without network",
    "Takes the challenge of an appliance that has no network, and gives the answer that opens it",
  ],
  "jobs/offlineUnlocks/read": [
    "Read unlocks without network",
    "Lists who unlocked which appliance without network",
  ],
  "jobs/keyHealth/read": ["Read key health", "Reads whether an order's key is usable"],
  "jobs/unlockPolicy/read": ["Read unlock policy", "Reads the unlock policy of an order"],
  "jobs/unlockPolicy/write": ["Write unlock policy", "Changes the unlock policy of an order"],
  "jobs/unlockPolicy/override/action": [
    "Override unlock policy",
    "Says who approves where no approvals are needed, and replaces a policy after a delay",
  ],
  "custodyPolicy/read": [
    "Read custody policy",
    "Reads whether a subscription allows only split custody",
  ],
  "custodyPolicy/write": [
    "Write custody policy",
    "Allows only split custody for the new orders of a subscription",
  ],
  "jobs/keyVersions/read": ["Read key versions", "Reads which versions of its key an order uses"],
  "keyVersions/read": [
    "Read key versions",
    "Reads which versions of a key the orders of a subscription use",
  ],
  "jobs/approvals/read": [
    "Read approvals",
    "Reads which unlocks of an order wait for an approval, and the decisions",
  ],
  "jobs/approvals/approve/action": ["Approve an unlock", "Approves one unlock"],
  "jobs/approvals/reject/action": ["Reject an unlock", "Rejects one unlock"],
  "jobs/breakGlass/action": [
    "Break glass",
    "Allows one unlock of an order outside unlock hours and without approval",
  ],
} satisfies Record<string, readonly [operation: string, description: string]>;

/**
 * An ARM action. A role can grant those with a row; the operator's and Event Grid's need an app
 * role.
 */
export type Action =
  `Microsoft.DataBox/${keyof typeof ROWS | `operator/${string}` | "keyEvents/action"}`;

/** Without the provider. */
export const namedActions = namesOf(ROWS);

/** The actions of customers that routes need; the portal shows which of them a caller has. */
export const ACTIONS = namedActions
  .filter((name) => name !== "locations/availableSkus/read")
  .map((name) => `Microsoft.DataBox/${name}` as const);

/** Titles of resources, by an action or by its first segment. */
const RESOURCES: Readonly<Record<string, string>> = {
  "locations/operationResults/read": "Operation Results",
  custodyPolicy: "Custody policy",
  jobs: "Jobs",
  keyVersions: "Key versions",
  locations: "Locations",
  operations: "Operations",
};

/**
 * The operations that roles can grant (`GET /providers/Microsoft.DataBox/operations`): Data Box's
 * own, then our extensions.
 */
export const OPERATIONS = Object.entries(ROWS).map(([name, [operation, description]]) => ({
  name: `Microsoft.DataBox/${name}`,
  display: {
    provider: "Azure Data Box",
    resource: RESOURCES[name] ?? RESOURCES[name.split("/", 1)[0] ?? ""] ?? name,
    operation,
    description,
  },
  origin: "user" as const,
  properties: {},
}));
