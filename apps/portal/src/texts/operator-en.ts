import type { OperationName } from "@databox-cmk/protocol";

import type { Findings } from "../core/broker-checks.ts";
import type { ActName, Actor } from "../core/next-act.ts";

export type FindingText = { readonly found: (figure: number) => string; readonly next: string };
export type FindingTexts = {
  readonly [Check in keyof Findings]: Record<Findings[Check], FindingText>;
};

/** English texts of the pages for operators. */
export const operatorEn = {
  title: "Operator",
  orders: "All orders",
  ordersEmpty: "Orders of every customer appear here as soon as there are any.",
  onlyFor: "This page is for operators of the service",
  onlyHint:
    "Operators prepare, ship and erase appliances. They have the app role DataBox.Operator.",
  next: {
    title: "Now",
    who: "Acts next",
    what: "Next step",
    nodes: "At each of these nodes",
    command: "Command",
    actors: {
      operator: "An operator of the datacenter",
      customer: "The customer",
      carrier: "The carrier",
      nobody: "Nobody",
    } satisfies Record<Actor, string> as Record<Actor, string>,
    acts: {
      prepare: "Prepare the order",
      prepareNodes: "Prepare each node with its enrolment code",
      startCopy: "Start the copy",
      fill: "Open the appliance, fill the export, and dispatch it",
      dispatch: "Dispatch the appliance",
      deliver: "Deliver the appliance to the customer",
      use: "Unlock the appliance, use it, and hand it over to the carrier",
      return: "Bring the appliance back to the datacenter",
      ingest: "Start the copy, open the appliance, read the import, and complete the order",
      complete: "Complete the order",
      eraseKeys: "Erase the unlock key of the order",
      eraseNodes: "Erase the nodes; each of them certifies it",
      nothing: "Nothing: the order and all of its nodes are erased",
    } satisfies Record<ActName, string> as Record<ActName, string>,
  },
  operations: {
    title: "Operations",
    names: {
      prepare: "Prepare",
      dispatch: "Dispatch",
      deliver: "Delivered",
      pickUp: "Picked up",
      receive: "Received",
      startCopy: "Copy data",
      complete: "Complete",
      fail: "End as failed",
      erase: "Erase the unlock key",
    },
    notes: {
      prepare: "Creates the unlock key and a one-time enrolment code for each node.",
      dispatch:
        "All checks of the customer's key run first. With a key that can't be used, the appliance would have to come back.",
      deliver: "The appliance is at the customer's site.",
      pickUp: "Picked up by the carrier.",
      receive: "The appliance is back in the datacenter.",
      startCopy:
        "Requests the key of every node from the customer's vault. A refusal halts the copy and notifies the customer.",
      complete: "The copy is done. Contact and address are deleted.",
      fail: "Ends the order at any stage. Contact and address are deleted.",
      erase:
        "Permanently destroys every wrapped copy of the unlock key, and signs a certificate. Data still on the volumes can no longer be opened.",
    } satisfies Record<OperationName, string> as Record<OperationName, string>,
    buttons: {
      prepare: "Prepare",
      dispatch: "Check and dispatch",
      deliver: "Mark delivered",
      pickUp: "Mark picked up",
      receive: "Mark received",
      startCopy: "Start the copy",
      complete: "Complete",
      fail: "End as failed",
      erase: "Erase",
    },
    running: {
      prepare: "Preparing …",
      dispatch: "Checking the key …",
      deliver: "Moving …",
      pickUp: "Moving …",
      receive: "Moving …",
      startCopy: "Asking the vault …",
      complete: "Completing …",
      fail: "Ending …",
      erase: "Erasing …",
    },
    whyNot: {
      erased: () => "Done: every wrapped copy is destroyed.",
      halted: () => "Not while the stage is halted and waits for the customer.",
      later: (stages: string) => `Not yet: it follows the stage ${stages}.`,
      past: () => "Already done.",
      stage: () => "Not in this stage.",
    } as Record<"erased" | "halted" | "later" | "past" | "stage", (stages: string) => string>,
    done: (name: string) => `Done: ${name}.`,
    forceDispatch: "Dispatch anyway",
    unprepared: (serials: string) =>
      `Not prepared: ${serials}. Such a node can't be unlocked at the customer's site. Prepare it before dispatch.`,
    forceDialog: {
      title: "Dispatch although a check failed?",
      text: "The appliance can't be used at the customer's site until the failure above is mended. The audit trail records that you dispatched it anyway.",
    },
    eraseDialog: {
      title: "Permanently erase the unlock key?",
      text: "Every wrapped copy of the unlock key is destroyed. After that, the volumes of this appliance can no longer be opened. This cannot be undone.",
    },
    outcome: "Outcome",
    endText: "This cannot be undone. The unlock key stays until it is erased.",
  },
  prepare: {
    title: "Prepare the appliance",
    text: "Enter the serial numbers that are printed on the devices. Leave them empty to have numbers assigned.",
    serialOf: (node: number) => `Serial number of node ${node}`,
    madeUp: "Assigned if empty",
    problems: {
      form: "3 to 64 letters, digits and hyphens; no hyphen first.",
      some: "Enter a serial number for every node, or for none.",
      twice: "Each node needs its own serial number.",
    },
  },
  codes: {
    title: "Enrolment codes",
    once: "Enter each code at its device now. A code works once. Only its hash is stored, so it can't be shown again after you close this window.",
    none: "Every node is enrolled. No codes are needed.",
    code: "Enrolment code",
    codeOf: (serial: string) => `enrolment code of ${serial}`,
    expires: "Valid until",
    noted: "I have the codes",
  },
  nodes: {
    device: "Device",
    enrolled: "Enrolled",
    notEnrolled: "Not enrolled yet",
    replace: "Replace device",
    replaceOf: (serial: string) => `Replace device: ${serial}`,
    replaceTitle: (serial: string) => `Replace the device of ${serial}?`,
    replaceText:
      "The key of the enrolled device is permanently removed, and another device enrols with a new code. An unlocked node must be revoked first.",
    reason: "Reason",
    renewCodes: "New enrolment codes",
  },
  fleet: {
    title: "Fleet",
    asOf: "As of",
    emptyTitle: "No nodes in the field",
    empty: "Nodes are counted from preparation until their order ends.",
    total: (nodes: number) => (nodes === 1 ? "1 node in the field" : `${nodes} nodes in the field`),
    nodes: (nodes: number) => (nodes === 1 ? "1 node" : `${nodes} nodes`),
    blocked: "Orders that need a repair",
    byLocation: "By region",
    byKey: "By key",
  },
  killSwitches: {
    title: "Kill switches",
    text: "A kill switch refuses every unlock and closes open volumes within five seconds, until it is turned off. It works without the vault and without the customer.",
    revoke: {
      fleet: "Revoke the fleet",
      subscription: "Revoke a subscription",
      order: "Revoke an order",
    },
    revokeThis: (what: { kind: "order" } | { kind: "node"; serial: string }) =>
      what.kind === "order" ? "Revoke this order" : `Revoke node ${what.serial}`,
    dialogText:
      "Unlocks are refused at once, and open volumes are closed. Turning the switch off opens nothing: each node must unlock again.",
    orderId: "Resource ID of the order",
    subscriptionId: "Subscription ID",
    notThat: {
      order: "Expected /subscriptions/…/resourceGroups/…/providers/Microsoft.DataBox/jobs/…",
      subscription: "Expected the ID of a subscription, 32 hexadecimal digits with hyphens.",
    },
    reason: "Reason",
    reasonHint: "Shown to the customer and kept in the audit trail.",
    revokeNow: "Revoke now",
    thrown: (leases: number) =>
      `Kill switch activated. Open nodes that are being closed: ${leases}.`,
    standing: "Active kill switches",
    none: "No kill switch is active.",
    covers: "Covers",
    by: "By",
    since: "Since",
    scopes: {
      fleet: "Every appliance",
      subscription: "Subscription",
      order: "Order",
      node: "Node",
    },
    restore: "Turn off",
    restoreTitle: "Turn off this kill switch?",
    restoreText: "Nodes can unlock again; each is checked again. Nothing opens automatically.",
    customers: "Set by the customer: only they can turn it off.",
  },
  campaigns: {
    title: "Campaigns",
    one: "Campaign",
    start: "Start a campaign",
    startDry: "Start the dry run",
    starting: "Starting …",
    startReal: "Start for real",
    startTitle: (orders: number) => `Re-wrap ${orders} orders now?`,
    startText: (failed: number) =>
      failed === 0
        ? "The dry run succeeded for every order. An order that fails anyway keeps its old key."
        : `${failed} orders failed in the dry run and will probably fail again. An order that fails keeps its old key.`,
    dryFirst:
      "A dry run does everything except the commit, and shows which orders would fail and why. Then you can start the campaign for real.",
    missing: {
      selector: "Choose at least one filter. Orders must match all of them.",
      action: "Choose what changes: another key, vault or identity.",
      identity: "Enter the resource ID of the identity.",
    },
    emptyTitle: "No campaigns yet",
    empty:
      "A campaign re-wraps the unlock keys of many orders: a rotation to a newer version, or a move to another key, vault or identity.",
    what: "What",
    action: "Action",
    actions: {
      rotate: "Rotate to the newest key version",
      move: "Move to another key, vault or identity",
    },
    which: "Which orders",
    progress: "Progress",
    state: "State",
    states: { Running: "Running", Paused: "Paused", Cancelled: "Canceled", Done: "Done" },
    doneWithFailures: "Done, some failed",
    dryRun: "Dry run",
    counts: ({
      total,
      done,
      failed,
      waiting,
    }: {
      total: number;
      done: number;
      failed: number;
      waiting: number;
    }) => `${done} of ${total} done, ${failed} failed, ${waiting} waiting`,
    estimate: (perSecond: string, when: string) => `${perSecond} orders per second; done ${when}`,
    startedBy: "Started by",
    startedAt: "Started",
    finishedAt: "Ended",
    automatic: "Automatic",
    id: "ID",
    toKey: "New key URL",
    toVault: "New key vault (resource ID)",
    toIdentity: "New identity",
    identities: {
      keep: "Keep each order's identity",
      system: "System assigned",
      user: "User assigned",
    },
    identityId: "Resource ID of the identity",
    emptyStays: "Leave empty to keep each order's own.",
    ofKey: "Key in use",
    ofSubscription: "Subscription",
    ofGroup: "Resource group",
    ofList: "Listed orders",
    keyHint: "Its URL, with or without a version.",
    subscriptionHint: "Its ID.",
    groupHint: "Its name.",
    listHint: "Resource IDs, one per line.",
    listed: (orders: number) => `${orders} orders`,
    description: "Description",
    pause: "Pause",
    resume: "Resume",
    cancel: "Cancel campaign",
    cancelTitle: "Cancel this campaign?",
    cancelText:
      "No further orders are started. Finished orders stay as they are. A canceled campaign can't be resumed.",
    failures: "Failures by code",
    failedOrders: "Orders",
    why: "Why",
    orders: "Orders",
    order: "Order",
    orderStates: { Waiting: "Waiting", Done: "Done", Failed: "Failed" },
    noOrders: "No order is in this state.",
    attempts: (attempts: number) => `tried ${attempts} times`,
  },
  health: {
    title: "Broker health",
    checks: "Checks",
    states: { good: "Healthy", watch: "Needs attention", bad: "Unhealthy" },
    next: "Next",
    names: {
      database: "Database",
      vaults: "Key vaults",
      probes: "Probes of keys",
      keys: "Customers' keys",
      switches: "Kill switches",
      events: "Events for receivers",
    },
    findings: {
      database: {
        ok: { found: () => "Responding.", next: "" },
        failed: {
          found: () => "Not responding within two seconds: nothing is granted or renewed.",
          next: "check the database and its disk, then run broker doctor. Meanwhile, open volumes stay in their outage grace period.",
        },
        outdated: {
          found: () => "A newer broker has migrated it: this replica must no longer write.",
          next: "update this replica to the version of the others.",
        },
      },
      vaults: {
        answered: { found: (seconds) => `The last answer came ${seconds} s ago.`, next: "" },
        notAsked: { found: () => "No vault has been called since this replica started.", next: "" },
        silent: {
          found: (seconds) =>
            `A call ${seconds} s ago was not answered, and no answer has come since.`,
          next: "run broker doctor: it tells name, network and sign-in failures apart. No customer is refused because of this; open volumes stay in their outage grace period.",
        },
      },
      probes: {
        onTime: { found: () => "No probe is late.", next: "" },
        late: {
          found: (seconds) =>
            `The latest is ${seconds} s late: a revoked key would be noticed late.`,
          next: "check the load of the replicas and add one. Use a kill switch if a volume must be closed now.",
        },
      },
      keys: {
        usable: { found: () => "No key is known to be unusable.", next: "" },
        unusable: {
          found: (keys) => `Orders with a key that cannot be used: ${keys}.`,
          next: "the customers' security administrators must act; each order shows what to do.",
        },
      },
      switches: {
        none: { found: () => "None is active.", next: "" },
        standing: {
          found: (switches) => `Active: ${switches}.`,
          next: "turn off those that are no longer needed.",
        },
      },
      events: {
        few: { found: (events) => `Waiting: ${events}.`, next: "" },
        many: {
          found: (events) => `Waiting: ${events}. A receiver does not accept them.`,
          next: "check the receivers in WEBHOOK_URLS; events are dropped after three days.",
        },
      },
    } satisfies FindingTexts,
    showOrders: "Show these orders",
    leases: "Leases",
    leaseStates: {
      live: "Live",
      refused: "Refused, being closed",
      closed: "Closed",
      superseded: "Replaced by a newer one",
    } as Record<string, string>,
    keyHealth: "Key health",
    keyStates: {
      healthy: "Healthy",
      "at-risk": "At risk",
      unusable: "Unusable",
      unknown: "Not checked yet",
    } as Record<string, string>,
    switches: "Active kill switches",
    none: "None",
    replica: "This replica",
    asOf: "As of",
    startedAt: "Started",
  },
};
export type OperatorTexts = typeof operatorEn;
