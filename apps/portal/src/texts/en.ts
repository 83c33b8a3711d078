import {
  type DeviceKeyGrade,
  KEY_CHECKS,
  type KeyHealthState,
  type LockState,
  type RevocationPreview,
  type StageName,
  type StageStatus,
} from "@databox-cmk/protocol";
import { uiTextsEn } from "@databox-cmk/ui";

import type { RotationPeriod } from "../core/new-resources.ts";
import { createOrderEn } from "./create-order-en.ts";
import { activity } from "./en/activity.ts";
import { approvals } from "./en/approvals.ts";
import { backupKeys } from "./en/backup-keys.ts";
import { custody } from "./en/custody.ts";
import { help } from "./en/help.ts";
import { home } from "./en/home.ts";
import { keyHealth } from "./en/key-health.ts";
import { loud } from "./en/loud.ts";
import { noticeSettings } from "./en/notice-settings.ts";
import { notices } from "./en/notices.ts";
import { people } from "./en/people.ts";
import { search } from "./en/search.ts";
import { toasts } from "./en/toasts.ts";
import { troubleshooter } from "./en/troubleshooter.ts";
import { unlockPolicy } from "./en/unlock-policy.ts";
import { unlock } from "./en/unlock.ts";
import { operatorEn } from "./operator-en.ts";

/** English texts of the portal. */
export const en = {
  ui: uiTextsEn,
  activity,
  approvals,
  backupKeys,
  custody,
  help,
  home,
  keyHealth,
  loud,
  notices,
  noticeSettings,
  people,
  search,
  toasts,
  troubleshooter,
  unlock,
  unlockPolicy,
  product: "Data Box CMK",
  operator: operatorEn,
  createOrder: createOrderEn,
  session: {
    signedOut: "You are signed out",
    signIn: "Sign in",
    signOut: "Sign out",
    tenant: (tenantId: string) => `Directory ${tenantId}`,
  },
  shell: {
    menu: "Main menu",
    unsaved: {
      title: "Leave without saving?",
      text: "Your changes have not been saved. If you leave, they are lost.",
      stay: "Stay",
      leave: "Leave without saving",
    },
    saving: {
      title: "Leave while saving?",
      text: "Your changes are being saved. If that fails after you leave, they are lost.",
      stay: "Stay",
      leave: "Leave",
    },
    connection: {
      title: "Connection",
      waiting: "Waiting for the service",
      stuck: "The service has not answered for more than 10 seconds. This page keeps waiting.",
      lost: "Live updates have stopped: what this page shows may be out of date. Last connected",
      reload: "Load again",
    },
    notLoaded: {
      title: "This part could not be loaded",
      text: "The service does not answer, or it has a newer version of this page. Save your changes if you can, then reload the page.",
    },
    broken:
      "Your saved changes are not affected. Reload the page. If it fails again, tell the operator of the service what you did and when.",
    breadcrumb: "Breadcrumb",
    home: "Home",
    resourceMenu: "Menu of this order",
    notFoundTitle: "Page not found",
    notFound: "Check the address, or go to Orders.",
    toOrders: "Go to Orders",
  },
  orders: {
    title: "Data Box orders",
    subscription: "Subscription",
    search: "Filter by name or serial number",
    refresh: "Refresh",
    create: "Create",
    clearFilters: "Clear filters",
    exportCsv: "Export to CSV",
    columns: "Columns",
    customer: "Customer",
    status: "Status",
    key: "Key",
    code: "Code",
    all: "All",
    name: "Name",
    stage: "Stage",
    encryption: "Encryption type",
    health: "Key health",
    lock: "Lock state",
    group: "Resource group",
    location: "Location",
    ordered: "Ordered",
    previousPage: "Previous page",
    nextPage: "Next page",
    firstPage: "First page",
    page: (page: number) => `Page ${page}`,
    found: (shown: number, total: number | undefined) =>
      total === undefined ? `${shown} shown` : `${shown} of ${total} orders`,
    emptyTitle: "No orders yet",
    empty: "Orders of this subscription appear here as soon as there are any.",
    noneFoundTitle: "No orders match the filters",
    commands: "Commands",
    bulk: {
      select: (name: string) => `Select ${name}`,
      selectAll: "Select all on this page",
      chosen: (action: string, count: number) => `${action} (${count})`,
      orders: "Chosen orders",
      running: "In progress …",
      stop: {
        title: "Stop after this order?",
        text: "The order in progress is finished. The orders after it stay as they are.",
        stay: "Continue",
        leave: "Stop",
      },
      check: {
        title: "Check keys",
        text: "The service calls the vault of each order now, one after the other.",
        confirm: (count: number) => (count === 1 ? "Check 1 key" : `Check ${count} keys`),
      },
      revoke: {
        title: "Revoke",
        confirm: (count: number) => (count === 1 ? "Revoke 1 order" : `Revoke ${count} orders`),
      },
      move: {
        title: "Move to a key",
        text: "A campaign re-wraps the unlock key of each order. Its page shows the result of each.",
      },
    },
    views: {
      title: "Views",
      save: "Save this view",
      saveTitle: "Save this view?",
      saveText: "The filters of this list are kept in this browser, under a name of yours.",
      name: "Name of the view",
      confirm: "Save",
      remove: (name: string) => `Delete the view ${name}`,
    },
    filters: "Filters",
    setFilters: (count: number) => (count === 0 ? "Filters" : `Filters (${count})`),
    noSubscriptions: "You don't have access to a subscription",
    listLabel: "Orders",
    noNodes: "Not prepared",
  },
  order: {
    readOnly:
      "You can view this page, but not change it. Ask your security administrator for a role such as Data Box Contributor.",
    kind: "Data Box order",
    model: "Model",
    models: { DataBox: "Data Box", DataBoxHeavy: "Data Box Heavy" } as Record<string, string>,
    transfer: "Transfer type",
    transfers: { ImportToAzure: "Import to Azure", ExportFromAzure: "Export from Azure" },
    groups: { settings: "Settings", operator: "Operator" },
    sections: {
      overview: "Overview",
      activity: "Activity",
      deviceDetails: "Device details",
      unlock: "Unlock",
      approvals: "Approvals",
      troubleshoot: "Troubleshoot",
      encryption: "Encryption",
      keyHealth: "Key health",
      unlockPolicy: "Unlock policy",
      backupKeys: "Backup keys",
      contact: "Contact details",
      operations: "Operations",
    },
    json: {
      button: "JSON view",
      title: "Resource JSON",
      text: "This order as the API returns it",
    },
    resourceId: "Resource ID",
    subscriptionId: "Subscription ID",
    stagesTitle: "Stages",
    nodesTitle: "Nodes",
    inTheWay: "In the way of an unlock",
    noNodes: "The appliance has no nodes yet. They are created when it is prepared.",
    keyChainTitle: "Key chain",
    erasure: {
      title: "Certificate of erasure",
      text: "The service destroyed every wrapped copy of the unlock key. The volumes can no longer be opened through it.",
      at: "Erased",
      by: "Erased by",
      copies: "Wrapped copies destroyed",
      nodes: "Nodes that certified their erasure",
      noNodes: "None",
      download: "Certificate (signed file)",
      downloadPdf: "Certificate (PDF)",
      verify:
        "To verify the signed file offline, save the service's public keys (/webhooks/v1/keys) and run:",
    },
    serial: "Serial number",
    lastSeen: "Last seen",
    neverSeen: "Never",
    envelope: "Envelope",
    generation: (generation: number, acknowledged: number | undefined) =>
      acknowledged === undefined || acknowledged === generation
        ? `Generation ${generation}`
        : `Generation ${generation}, the node has ${acknowledged}`,
    deviceKey: "Device key",
    deviceKeyGrade: (grade: DeviceKeyGrade, attested: boolean) => {
      if (grade === "file") return "Software-protected";
      const place = grade === "tpm" ? "TPM-protected" : "TPM-protected, bound to measured boot";
      return attested ? place : `${place} (reported by the node)`;
    },
    commands: {
      cancel: {
        button: "Cancel order",
        title: "Cancel this order?",
        text: "The appliance is not sent. This cannot be undone.",
        notNow: "At this stage, an order can no longer be cancelled.",
        label: (_name: string) => "Reason",
      },
      delete: {
        button: "Delete",
        title: "Delete this order?",
        text: "The order and its record are removed. This cannot be undone.",
        notNow: "Only an order that has ended can be deleted.",
        label: (name: string) => `Type ${name} to confirm`,
      },
      erase: {
        button: "Skip and erase data",
        title: "Erase the data without copying it?",
        text: "The data on the appliance is not copied, and the appliance is erased. This cannot be undone.",
        label: (name: string) => `Type ${name} to confirm`,
      },
      clone: "Clone",
    },
    consequences: {
      titles: {
        switch: "Effects",
        key: "If the key or the identity can no longer be used",
        emergency: "Receivers of the message",
      },
      closes: (serials: readonly string[]) =>
        serials.length === 0 ? "No open node closes." : `Closes: ${serials.join(", ")}.`,
      staysOpen: (serials: readonly string[]) =>
        `Cannot be reached, and stays open until its time ends: ${serials.join(", ")}.`,
      staysLocked: (serials: readonly string[]) =>
        serials.length === 0
          ? "Every locked node stays as it is."
          : `Can no longer be unlocked: ${serials.join(", ")}.`,
      told: ({ groups, programs, people: mailed }: RevocationPreview["told"]) => {
        const receivers = [
          ...(groups.length === 0 ? [] : ["the operator's channels"]),
          ...(programs === 0 ? [] : [programs === 1 ? "1 program" : `${programs} programs`]),
          ...(mailed === 0 ? [] : [mailed === 1 ? "1 person" : `${mailed} people`]),
        ];
        return receivers.length === 0
          ? "No receiver of messages is configured. The activity of the order records it."
          : `Receivers of the message: ${receivers.join(", ")}.`;
      },
      unknown: "The effects cannot be shown at the moment. The action itself is possible.",
    },
    steps: {
      restoreAccess: "Restore access",
      mitigate: "Resume the copy",
      enableKeyVersion: "Enable this version",
      checkKey: "Check again",
      grantAccess: "Grant access",
      approve: "Approve",
      addRecoveryKey: "Add a recovery key",
    },
  },
  keyChain: {
    parts: {
      vault: "Key vault",
      key: "Key",
      version: "Version",
      envelope: "Envelope",
      volume: "Volume",
    },
    service: {
      vault: "service-managed",
      key: "Microsoft managed",
      version: "newest",
      envelope: "",
      volume: "",
    },
    erased: "erased",
    generation: (generation: string) => `generation ${generation}`,
    states: {
      whole: "intact",
      "at-risk": "at risk",
      broken: "broken",
      unknown: "not known yet",
    },
  },
  encryption: {
    intro:
      "This key protects the appliance's unlock key. Data on the appliance is always encrypted.",
    oneWay: {
      title: "You can't go back to the Microsoft managed key",
      text: "An order that uses a customer managed key can't switch back. If the key, its vault or the identity is permanently lost, the unlock key is lost too, and with it the data on the appliance. Keep the key until the order has ended.",
      confirm: "Use the customer managed key",
    },
    noWayBack:
      "The Microsoft managed key can't be chosen again once an order uses a customer managed key.",
    checksFailed:
      "You can save when all checks pass. The failed check above says who must do what.",
    selectKey: "Select a key vault and key",
    selectOtherKey: "Select a different key vault and key",
    selectKeyTitle: "Select key from Azure Key Vault",
    select: "Select",
    cancel: "Cancel",
    back: "Back",
    save: "Save",
    saving: "Saving …",
    saved: "Saved. This order now uses your key.",
    keyUrl: "Key URL",
    followsNewest: "Always the newest version",
    disabledVersion: "disabled",
    identityType: "Identity type",
    identityHint: "Needs the permissions Get, Wrap Key and Unwrap Key on the key.",
    systemAssigned: "System assigned",
    userAssigned: "User assigned",
    noSystemIdentity: "This order has no system-assigned identity yet.",
    enableSystemIdentity: "Enable the system-assigned identity",
    enabling: "Enabling …",
    newPrincipal:
      "This is a new principal. The rights of an earlier identity don't apply to it: grant it Get, Wrap Key and Unwrap Key on the key.",
    noIdentity:
      "This order has no identity, so its key can't be used: unlocks are refused, and open volumes close at their next renewal. Enable an identity and grant it access to the key to undo this.",
    removeIdentity: {
      button: "Remove all identities",
      title: "Remove all identities of this order?",
      text: "The service can no longer use your key. Unlocks are refused, and open volumes close at their next renewal. The system-assigned identity is deleted; if you enable it again, it is a new principal that needs its rights on the key again.",
      confirm: "Remove",
    },
    principalId: "Principal ID",
    selectIdentity: "Select a user identity",
    selectOtherIdentity: "Select a different user identity",
    userIdentities: "User-assigned identities",
    noIdentities: "This subscription has no user-assigned identities.",
    create: "Create",
    creating: "Creating …",
    reviewAndCreate: "Review + create",
    createVault: "Create new key vault",
    createKey: "Create new key",
    createVersion: "Create new version",
    createVaultTitle: "Create key vault",
    createKeyTitle: "Create a key",
    createVersionTitle: "Create a version",
    createGroup: "Create new resource group",
    existingGroup: "Choose an existing resource group",
    newGroup: "New resource group",
    groupNameRule:
      "1 to 90 letters, digits, hyphens, underscores, parentheses and dots; no dot at the end.",
    vaultName: "Key vault name",
    vaultNameRule:
      "3 to 24 letters, digits and hyphens; a letter first, no hyphen at the end, no two hyphens in a row.",
    vaultNameTaken: "This name is taken: names of key vaults are unique in all of Azure.",
    keyNameTaken: "This vault has a key of this name already. Choose another name.",
    groupNameTaken: "This resource group exists already. Choose it from the list.",
    keyNameRule: "1 to 127 letters, digits and hyphens.",
    region: "Region",
    softDelete: "Soft delete",
    softDeleteAlways: "Soft delete (always on)",
    retention: "Days to retain deleted vaults",
    days: (days: number) => `${days} days`,
    purgeProtection: "Purge protection",
    purgeProtectionLabel: "Enable purge protection (cannot be undone)",
    purgeProtectionNeeded: "Orders can't use a key from a vault without purge protection.",
    tier: "Pricing tier",
    tiers: { standard: "Standard", premium: "Premium (also keys in hardware)" },
    accessModel: "Permission model",
    accessModels: {
      roles: "Azure role-based access control (recommended)",
      policies: "Vault access policy",
    },
    rolesTakeMinutes:
      "You become Key Vault Crypto Officer of this vault. Azure can take a few minutes to apply a role.",
    enabled: "Enabled",
    disabled: "Disabled",
    rsaSize: "RSA key size",
    activation: "Activation date",
    activationHint: "Optional. The key can't be used before then.",
    expiration: "Expiration date",
    expirationHint: "Optional. Appliances can't be unlocked with this version after then.",
    expirationRule: "Choose a time in the future, after the activation date.",
    activationLater: "Orders can't use this key until it is active.",
    rotation: "Automatic rotation",
    noRotation: "Never",
    rotations: {
      P6M: "Every 6 months",
      P1Y: "Every year",
      P2Y: "Every 2 years",
    } satisfies Record<RotationPeriod, string> as Record<RotationPeriod, string>,
    setRotation: "Set the rotation policy",
    useKey: "Use the key",
    madeWithoutRotation:
      "The key was created, but its rotation policy is not set. Try again, or choose Never and go on.",
    oldVersionStays: "The current version stays in use until you save.",
    grant: "Grant access",
    granting: "Granting …",
  },
  preflight: {
    title: "Checks of this key",
    running: "Checking …",
    next: {
      identity: {
        title: "Next: enable the system-assigned identity",
        text: "The order uses it to call the key vault.",
      },
      access: {
        title: "Next: grant the identity access to the key",
        text: "It gets the right to read the key, and to wrap and unwrap with it.",
      },
    },
    why: "Why this is needed",
    again: "Check again",
    details: "All checks",
    summary: (passed: number, all: number) =>
      passed === all ? `All ${all} checks passed` : `${passed} of ${all} checks passed`,
    unread: (names: string) =>
      `The service can't read ${names}. For this check, assign it the role Reader there.`,
    statuses: { Passed: "passed", Failed: "failed", NotReached: "not reached" },
    checks: KEY_CHECKS,
  },
  device: {
    intro:
      "Type the unlock key into the local web UI of the node whose serial number you see there.",
    serial: "Device serial number",
    unlockKeyCode: "QR code of the unlock key",
    unlockKeyCodeHint:
      "The page of the appliance can scan this code: Passkey > Scan with the camera.",
    unlockKey: "Unlock key",
    show: "Show unlock key",
    showing: "Asking the key vault …",
    hide: "Hide",
    hidden: "••••••••••••",
    notAllowed:
      "Your roles do not allow you to see the unlock key. Ask your security administrator for a role such as Data Box Contributor.",
    audited: "Each time you show it, your name is recorded. It is hidden again after a minute.",
    hidesIn: (seconds: number) => `Hidden again in ${seconds} s`,
    certificateTitle: "API access to the device",
    certificate: "Download the public key of the device",
    certificateHint: "The public key that the device signs with, as a JWK.",
  },
  stages: {
    DeviceOrdered: "Ordered",
    DevicePrepared: "Processed",
    Dispatched: "Dispatched",
    Delivered: "Delivered",
    PickedUp: "Picked up",
    AtAzureDC: "Received",
    DataCopy: "Data copy in progress",
    Completed: "Completed",
    CompletedWithErrors: "Completed with errors",
    CompletedWithWarnings: "Completed with warnings",
    Cancelled: "Canceled",
    Aborted: "Aborted",
    Failed_IssueReportedAtCustomer: "Failed: issue reported at customer",
    Failed_IssueDetectedAtAzureDC: "Failed: issue detected at datacenter",
  } satisfies Record<StageName, string> as Record<StageName, string>,
  stageStatuses: {
    None: "Not reached",
    InProgress: "In progress",
    Succeeded: "Done",
    Failed: "Failed",
    Cancelled: "Canceled",
    Cancelling: "Being canceled",
    SucceededWithErrors: "Done with errors",
    WaitingForCustomerAction: "Waiting for your action",
    SucceededWithWarnings: "Done with warnings",
    WaitingForCustomerActionForKek: "Halted: the key cannot be used",
    WaitingForCustomerActionForCleanUp: "Waiting for your action before clean-up",
    CustomerActionPerformedForCleanUp: "Clean-up follows",
    CustomerActionPerformed: "Action taken",
  } satisfies Record<StageStatus, string> as Record<StageStatus, string>,
  encryptionTypes: {
    MicrosoftManaged: "Microsoft managed key",
    CustomerManaged: "Customer managed key",
  },
  healthStates: {
    Healthy: "Healthy",
    AtRisk: "At risk",
    Unusable: "Unusable",
    Unknown: "Not checked yet",
    NotWatched: "Not monitored",
  } satisfies Record<KeyHealthState, string> as Record<KeyHealthState, string>,
  lockStates: {
    notPrepared: "Not prepared",
    locked: "Locked",
    unlocked: "Unlocked",
    grace: "Unlocked, in outage grace period",
    revoked: "Revoked",
  } satisfies Record<LockState, string> as Record<LockState, string>,
};

export type Texts = typeof en;
