import type { OperationName } from "@databox-cmk/protocol";

import type { CheckName } from "../core/broker-checks.ts";

/** English texts of the pages for operators. */
export const operatorEn = {
  title: "Operator",
  orders: "All orders",
  ordersEmpty: "Orders of every customer appear here as soon as there are any.",
  operations: {
    title: "What to do with this appliance",
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
      prepare: "Makes the unlock key and a one-time enrolment code for each node.",
      dispatch:
        "Every check of the customer's key runs first; a key that cannot be used is an appliance that has to come back.",
      deliver: "The appliance is at the customer's site.",
      pickUp: "The carrier has it again.",
      receive: "The appliance is back in the datacenter.",
      startCopy:
        "Asks the customer's vault for the key of every node; a refusal halts the copy and tells the customer.",
      complete: "The copy is done; contact and address are forgotten.",
      fail: "Ends the order at any stage; contact and address are forgotten.",
      erase:
        "Destroys every wrapping of the unlock key for good, and signs a receipt. What is still on the volumes cannot be opened any more.",
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
      erased: () => "Done: every wrapping is destroyed.",
      halted: () => "Not while the stage is halted: it waits for the customer.",
      later: (stages: string) => `Not yet: it follows the stage ${stages}.`,
      past: (stages: string) => `Not any more: it follows the stage ${stages}.`,
      stage: () => "Not in this stage.",
    } as Record<"erased" | "halted" | "later" | "past" | "stage", (stages: string) => string>,
    done: (name: string) => `Done: ${name}.`,
    typeName: (name: string) => `Type ${name} to confirm`,
    forceDispatch: "Dispatch all the same",
    unprepared: (serials: string) =>
      `Never prepared: ${serials}. Such a node cannot be unlocked at the customer's site: prepare it before it leaves.`,
    forceDialog: {
      title: "Dispatch with a key that cannot be used?",
      text: "The appliance will not unlock at the customer's site until its key is cured. The audit trail records that you sent it all the same.",
    },
    eraseDialog: {
      title: "Erase the unlock key for good?",
      text: "Every wrapping of the unlock key is destroyed. Nobody can open the volumes of this appliance after that, whatever they hold. This cannot be undone.",
    },
    outcome: "Outcome",
    endText: "This cannot be undone. The unlock key stays until it is erased.",
    receiptTitle: "Erasure receipt",
    receipt: "Signed by the broker: every wrapping of the unlock key is destroyed.",
    downloadReceipt: "Download the receipt",
  },
  prepare: {
    title: "Prepare the appliance",
    text: "Type the serial numbers as they stand on the devices, or leave them empty and they are made up.",
    serialOf: (node: number) => `Serial number of node ${node}`,
    madeUp: "Made up when empty",
    problems: {
      form: "3 to 64 letters, digits and hyphens; no hyphen first.",
      some: "Give every node its serial number, or none.",
      twice: "Each node has its own serial number.",
    },
  },
  codes: {
    title: "Enrolment codes",
    once: "Type each code into its device now. It is shown once, works once, and is stored hashed: after this window it cannot be read again.",
    none: "Every node is enrolled: there is no code to give.",
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
      "The key of the enrolled device is forgotten for good, and another device enrols by a new code. A node that is unlocked must be revoked first.",
    reason: "Reason",
    renewCodes: "New enrolment codes",
  },
  fleet: {
    title: "Fleet",
    asTable: "Show as table",
    asOf: "Counted",
    emptyTitle: "No nodes in the field",
    empty: "Nodes are counted from preparation until their order ends.",
    total: (nodes: number) => (nodes === 1 ? "1 node in the field" : `${nodes} nodes in the field`),
    nodes: (nodes: number) => (nodes === 1 ? "1 node" : `${nodes} nodes`),
    byLocation: "By region",
    byKey: "By key",
  },
  killSwitches: {
    title: "Kill switches",
    text: "A kill switch refuses every unlock and closes what is open within five seconds, until it is lifted. It needs no vault and no customer.",
    revoke: {
      fleet: "Revoke the fleet",
      subscription: "Revoke a subscription",
      order: "Revoke an order",
    },
    revokeThis: (what: { kind: "order" } | { kind: "node"; serial: string }) =>
      what.kind === "order" ? "Revoke this order" : `Revoke node ${what.serial}`,
    dialogText:
      "Unlocks are refused at once, and open volumes are closed. Lifting the switch opens nothing: each node has to unlock anew.",
    orderId: "Resource id of the order",
    subscriptionId: "Subscription id",
    notThat: {
      order: "Expected /subscriptions/…/resourceGroups/…/providers/Microsoft.DataBox/jobs/…",
      subscription: "Expected the id of a subscription, 32 hexadecimal digits with hyphens.",
    },
    reason: "Reason",
    reasonHint: "The customer reads it, and the audit trail keeps it.",
    revokeNow: "Revoke now",
    thrown: (leases: number) =>
      `The switch is thrown. Open nodes that are being closed: ${leases}.`,
    standing: "Standing kill switches",
    none: "No kill switch stands.",
    covers: "Covers",
    by: "By",
    since: "Since",
    scopes: {
      fleet: "Every appliance",
      subscription: "Subscription",
      order: "Order",
      node: "Node",
    },
    restore: "Lift",
    restoreTitle: "Lift this kill switch?",
    restoreText: "Nodes may unlock again; each is checked anew. Nothing opens by itself.",
    customers: "The customer's own: only they lift it.",
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
        ? "The dry run went through for every order. What fails all the same leaves its old key in force."
        : `${failed} orders failed in the dry run and will most likely fail again; whatever fails leaves its old key in force.`,
    dryFirst:
      "A dry run does everything but the commit, and shows which orders would fail and why. From there it is started for real.",
    missing: {
      selector:
        "Say which orders: at least one of key, subscription, resource group or a list. What is given must all hold.",
      action: "Say what changes: another key, vault or identity.",
      identity: "Name the identity by its resource id.",
    },
    emptyTitle: "No campaigns yet",
    empty:
      "A campaign re-wraps the unlock keys of many orders: a rotation to a newer version, or a move to another key, vault or identity.",
    what: "What",
    action: "Action",
    actions: {
      rotate: "To the newest version of the key that each order has",
      move: "To another key, vault or identity",
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
    automatic: "The broker itself",
    id: "Id",
    toKey: "New key URL",
    toVault: "New key vault (resource id)",
    toIdentity: "New identity",
    identities: {
      keep: "As each order has it",
      system: "System assigned",
      user: "User assigned",
    },
    identityId: "Resource id of the identity",
    emptyStays: "Empty: as each order has it.",
    ofKey: "Key that they use",
    ofSubscription: "Subscription",
    ofGroup: "Resource group",
    ofList: "Listed orders",
    listHint: "Resource ids, one a line.",
    listed: (orders: number) => `${orders} orders`,
    description: "Description",
    pause: "Pause",
    resume: "Resume",
    cancel: "Cancel campaign",
    cancelTitle: "Cancel this campaign?",
    cancelText: "No new order is begun. What was done stays. A canceled campaign cannot go on.",
    failures: "Failures by code",
    failedOrders: "Orders",
    why: "Why",
    orders: "Orders",
    orderStates: { Waiting: "Waiting", Done: "Done", Failed: "Failed" },
    noOrders: "No order is in this state.",
    attempts: (attempts: number) => `tried ${attempts} times`,
  },
  health: {
    title: "Broker health",
    checks: "Checks",
    states: { good: "well", watch: "to be watched", bad: "not well" },
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
        ok: { found: () => "It answers.", next: "" },
        failed: {
          found: () => "It does not answer within two seconds: nothing is granted or renewed.",
          next: "look at the database and its disk, then run broker doctor. Open volumes stay in their outage grace meanwhile.",
        },
        outdated: {
          found: () => "A newer broker has changed it: this one must not write any more.",
          next: "update this replica to the version of the others.",
        },
      },
      vaults: {
        answered: { found: (seconds) => `The last answer came ${seconds} s ago.`, next: "" },
        notAsked: { found: () => "No vault was asked since this replica started.", next: "" },
        silent: {
          found: (seconds) => `A call ${seconds} s ago had no answer, and none came since.`,
          next: "run broker doctor: it tells names, network and sign-in apart. No customer is refused by this; open volumes stay in their outage grace.",
        },
      },
      probes: {
        onTime: { found: () => "None is late.", next: "" },
        late: {
          found: (seconds) =>
            `The latest is ${seconds} s late: a revoked key would be noticed late.`,
          next: "look at the load of the replicas, and add one; use a kill switch where it must be certain now.",
        },
      },
      keys: {
        usable: { found: () => "None is known to be unusable.", next: "" },
        unusable: {
          found: (keys) => `Orders with a key that cannot be used: ${keys}.`,
          next: "the customers' security administrators must act; each order says what.",
        },
      },
      switches: {
        none: { found: () => "None stands.", next: "" },
        standing: {
          found: (switches) => `Standing: ${switches}.`,
          next: "lift what is no longer needed.",
        },
      },
      events: {
        few: { found: (events) => `Waiting: ${events}.`, next: "" },
        many: {
          found: (events) => `Waiting: ${events}. A receiver does not take them.`,
          next: "look at the receivers of WEBHOOK_URLS; events are given up after three days.",
        },
      },
    } as Record<CheckName, Record<string, { found: (figure: number) => string; next: string }>>,
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
      unknown: "Not looked at yet",
    } as Record<string, string>,
    switches: "Standing kill switches",
    none: "None",
    replica: "This replica",
    asOf: "As of",
    startedAt: "Started",
  },
};
export type OperatorTexts = typeof operatorEn;
