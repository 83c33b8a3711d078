const entry = (
  name: string,
  resource: string,
  operation: string,
  description: string,
): OperationEntry => ({
  name: `Microsoft.DataBox/${name}`,
  display: { provider: "Azure Data Box", resource, operation, description },
  origin: "user",
  properties: {},
});

type OperationEntry = {
  readonly name: string;
  readonly display: {
    readonly provider: "Azure Data Box";
    readonly resource: string;
    readonly operation: string;
    readonly description: string;
  };
  readonly origin: "user";
  readonly properties: Readonly<Record<string, never>>;
};

/**
 * The operations that roles can grant (`GET /providers/Microsoft.DataBox/operations`): Data Box's
 * own, then our extensions.
 */
export const OPERATIONS: readonly OperationEntry[] = [
  entry(
    "locations/operationResults/read",
    "Operation Results",
    "Read operation results",
    "Reads the state of a long-running operation",
  ),
  entry(
    "jobs/cancel/action",
    "Jobs",
    "Cancel jobs",
    "Cancels an order that is not yet being processed",
  ),
  entry(
    "jobs/bookShipmentPickUp/action",
    "Jobs",
    "Book shipment pick-up",
    "Books the pick-up of an appliance",
  ),
  entry("jobs/read", "Jobs", "Read jobs", "Lists or reads orders"),
  entry("jobs/delete", "Jobs", "Delete jobs", "Deletes an ended order"),
  entry("jobs/write", "Jobs", "Create or update jobs", "Places or changes an order"),
  entry(
    "jobs/listCredentials/action",
    "Jobs",
    "List credentials",
    "Shows the unlock key of an appliance",
  ),
  entry(
    "jobs/markDevicesShipped/action",
    "Jobs",
    "Mark devices shipped",
    "Records that appliances were sent back",
  ),
  entry("jobs/mitigate/action", "Jobs", "Mitigate jobs", "Answers a halted copy"),
  entry(
    "locations/validateInputs/action",
    "Locations",
    "Validate inputs",
    "Checks the inputs of an order before it is placed",
  ),
  entry(
    "locations/validateAddress/action",
    "Locations",
    "Validate address",
    "Checks a shipping address",
  ),
  entry(
    "locations/availableSkus/action",
    "Locations",
    "List available skus",
    "Lists the appliances that can be ordered",
  ),
  entry(
    "locations/availableSkus/read",
    "Locations",
    "Read available skus",
    "Lists the appliances that can be ordered",
  ),
  entry(
    "locations/regionConfiguration/action",
    "Locations",
    "Read region configuration",
    "Shows what a region offers",
  ),
  entry("operations/read", "Operations", "List operations", "Lists these operations"),
  entry(
    "jobs/validateKeyEncryptionKey/action",
    "Jobs",
    "Validate key encryption key",
    "Runs every check of a key and changes nothing",
  ),
  entry(
    "jobs/keyHealth/check/action",
    "Jobs",
    "Check key health",
    "Asks the vault now whether the key of an order is usable",
  ),
  entry("jobs/activity/read", "Jobs", "Read activity", "Reads the audit rows of an order"),
  entry(
    "jobs/diagnostics/read",
    "Jobs",
    "Read diagnostics",
    "Reads the timeline of one unlock by its correlation id",
  ),
  entry(
    "jobs/revoke/action",
    "Jobs",
    "Revoke unlocking",
    "Refuses unlocks of an order and re-locks its appliances at once",
  ),
  entry(
    "jobs/restoreAccess/action",
    "Jobs",
    "Restore unlocking",
    "Allows unlocks again after they were revoked",
  ),
  entry(
    "jobs/revocationDrill/action",
    "Jobs",
    "Drill a revocation",
    "Measures how fast a revocation reaches the appliances, which stay unlocked",
  ),
  entry(
    "jobs/revocationDrill/read",
    "Jobs",
    "Read a revocation drill",
    "Reads the figures of the last drill",
  ),
  entry(
    "jobs/backupKeys/read",
    "Jobs",
    "Read backup keys",
    "Reads an order's backup keys and whether one is in use",
  ),
  entry(
    "jobs/backupKeys/write",
    "Jobs",
    "Add a backup key",
    "Adds a backup key to an order or replaces it",
  ),
  entry("jobs/backupKeys/delete", "Jobs", "Remove a backup key", "Removes a backup key"),
  entry(
    "jobs/backupKeys/use/action",
    "Jobs",
    "Use a backup key now",
    "Uses a backup key in place of a key that was deleted or whose vault does not answer",
  ),
  entry("jobs/revocations/read", "Jobs", "Read revocations", "Reads who revoked unlocking and why"),
  entry("jobs/unlockBudget/read", "Jobs", "Read unlock budget", "Reads an order's unlocks per day"),
  entry(
    "jobs/unlockBudget/write",
    "Jobs",
    "Set unlock budget",
    "Limits the unlocks of an order per day",
  ),
  entry(
    "jobs/unlockBudget/delete",
    "Jobs",
    "Remove unlock budget",
    "Removes the limit of unlocks per day",
  ),
  entry(
    "jobs/offlineUnlocks/action",
    "Jobs",
    "Unlock without network",
    "Takes the challenge of an appliance that has no network, and gives the answer that opens it",
  ),
  entry(
    "jobs/offlineUnlocks/read",
    "Jobs",
    "Read unlocks without network",
    "Lists who unlocked which appliance without network",
  ),
  entry("jobs/keyHealth/read", "Jobs", "Read key health", "Reads whether an order's key is usable"),
  entry(
    "jobs/unlockPolicy/read",
    "Jobs",
    "Read unlock policy",
    "Reads the unlock policy of an order",
  ),
  entry(
    "jobs/unlockPolicy/write",
    "Jobs",
    "Write unlock policy",
    "Changes the unlock policy of an order",
  ),
  entry(
    "custodyPolicy/read",
    "Custody policy",
    "Read custody policy",
    "Reads whether a subscription allows only split custody",
  ),
  entry(
    "custodyPolicy/write",
    "Custody policy",
    "Write custody policy",
    "Allows only split custody for the new orders of a subscription",
  ),
  entry(
    "jobs/keyVersions/read",
    "Jobs",
    "Read key versions",
    "Reads which versions of its key an order uses",
  ),
  entry(
    "keyVersions/read",
    "Key versions",
    "Read key versions",
    "Reads which versions of a key the orders of a subscription use",
  ),
  entry(
    "jobs/approvals/read",
    "Jobs",
    "Read approvals",
    "Reads which unlocks of an order wait for an approval, and the decisions",
  ),
  entry("jobs/approvals/approve/action", "Jobs", "Approve an unlock", "Approves one unlock"),
  entry("jobs/approvals/reject/action", "Jobs", "Reject an unlock", "Rejects one unlock"),
  entry(
    "jobs/breakGlass/action",
    "Jobs",
    "Break glass",
    "Allows one unlock of an order outside unlock hours and without approval",
  ),
];
