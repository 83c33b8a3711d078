import {
  type DeviceKeyGrade,
  KEY_CHECKS,
  type KeyVersionsView,
  type NoticeChoices,
  type RevocationPreview,
  VERSION,
} from "@databox-cmk/protocol";
import { joinTexts, uiTextsEn } from "@databox-cmk/ui";

import type { Findings } from "../core/broker-checks.ts";
import type { NetworkFault } from "../core/find-network-fault.ts";
import type { LoosenedKind } from "../core/read-loosened.ts";
import type { Todo } from "../core/todos.ts";
import strings from "./en.json" with { type: "json" };

/** The texts that contain values. */
const functions = {
  ui: uiTextsEn,
  activity: {
    detailsOf: (what: string, sequence: number) => `Details of row ${sequence}: ${what}`,
    shown: (count: number) => (count === 1 ? "1 event" : `${count} events`),
    coverLetter: ({ order, madeAt, service, rows, isErased, file }: CoverLetter) =>
      `Evidence of the order ${order}

Made at ${madeAt} by ${service}.

activity.jsonl      The activity log, with ${rows} rows. Each row has the hash of the row before.
activity-head.jws   The end of the activity log, signed by the service.
${isErased ? "certificate.jws     The certificate of erasure, signed by the service and by each node.\n" : ""}keys.json           The public keys of the service.

Verify all of it on any machine, without the service and without a network:

  npx --yes --package ./databox-cmk-verify-${VERSION}.tgz databox-verify ${file}

The operator of the service has this program, and it can be built from the source code
(npm run verifier). These options compare the files with facts that you have from elsewhere:

  --keys keys.json              the keys of the service, as you saved them before
  --device SERIAL=THUMBPRINT    the key of an appliance, as the appliance itself shows it
  --noted noted.jsonl           the output of databox-verify --json at an earlier time
  --vault-log vault-log.json    the log of your key vault
`,
    node: (serial: string) => `Node ${serial}`,
    chained: (sequence: number) => `Hash of row ${sequence}`,
  },
  approvals: {
    policy: (required: number) =>
      required === 0
        ? "The unlock policy of this order requires no approval."
        : `The unlock policy of this order requires approval by ${required === 1 ? "one person" : `${required} people`} for each unlock.`,
    shown: (count: number) => (count === 1 ? "1 request" : `${count} requests`),
    nodeAsks: (serial: string) => `Node ${serial} requests its key`,
    loosens: {
      outageGrace: () => "Another outage grace period",
      lease: () => "Longer leases",
      offline: () => "Unlocks by challenge and answer are allowed",
      offlineLease: () => "Offline unlocks last longer, or are counted differently",
      windows: () => "Other unlock hours",
      approvals: () => "Fewer people must approve",
      approvers: () => "Other approvers",
      changes: () => "Other people decide about changes",
      expiry: () => "Requests expire later",
      breakGlass: () => "Emergency access is allowed",
      freshKey: () => "Not every unlock reads the key again",
      unlocksPerDay: (before: string, after: string) =>
        `Maximum unlocks per day: from ${before} to ${after}`,
      noLimit: (before: string) => `No daily limit of unlocks; it was ${before}`,
      backupKey: (name: string) => `New backup key ${name}`,
      serviceKey: () => "Microsoft managed key instead of the customer's",
      vault: (before: string, after: string) =>
        `The key is in another vault: ${after} instead of ${before}`,
      killSwitch: () => "Unlocking is allowed again",
    } satisfies Record<LoosenedKind, (one: string, other: string) => string> as Record<
      LoosenedKind,
      (one: string, other: string) => string
    >,
    count: (given: number, required: number) => `${given} of ${required} approved`,
    said: (name: string, decision: "approved" | "rejected") =>
      decision === "approved" ? `${name} approved,` : `${name} rejected,`,
    dialogs: {
      approve: {
        title: (serial: string) => `Release the key to node ${serial}?`,
      },
      reject: {
        title: (serial: string) => `Refuse the key to node ${serial}?`,
      },
    },
    breakGlass: {
      open: (serial: string | undefined) =>
        serial === undefined
          ? "One unlock of any node of this order is allowed without approval until"
          : `One unlock of node ${serial} is allowed without approval until`,
    },
  },
  backupKeys: {
    standsIn: (by: string, reason: string) => `Activated by ${by} (${reason}), at the latest until`,
    use: {
      title: (name: string) => `Use ${name} in place of a lost key?`,
      label: (_name: string) => "Reason",
    },
    remove: {
      title: (name: string) => `Remove ${name} from every envelope?`,
      label: (name: string) => `Type ${name} to confirm`,
    },
    maker: {
      madeHint: (fileName: string) =>
        `Keep ${fileName} and its passphrase offline, in two places. This page forgets the private half when you close it.`,
    },
  },
  home: {
    kinds: {
      approval: (order: string) => `Decide about an approval of ${order}`,
      blocked: (order: string) => `Remove what blocks ${order}`,
      "at-risk": (order: string) => `Look after the key of ${order}`,
      act: (order: string) => `Continue with ${order}`,
    } satisfies Record<Todo["kind"], (order: string) => string>,
    more: (count: number) => `and ${count} more: the numbers above link to the lists.`,
    highest: (value: string) => `Highest: ${value}`,
  },
  keyHealth: {
    checkedEvery: (interval: string) =>
      `Checked about every ${interval}, whenever the key is used, and when Azure reports a change.`,
    days: (days: number) => `${days} days`,
    inconclusive: (code: string) => `${code}. The last known result still applies. Since`,
    devices: (acknowledged: number, total: number) =>
      `${acknowledged} of ${total} nodes hold the newest envelope.`,
    versionReason: ({ reason }: KeyVersionsView["value"][number]) => reason,
    revoked: (scope: "node" | "order" | "subscription" | "fleet", serial: string | undefined) =>
      ({
        node: `Node ${serial ?? ""} is revoked`,
        order: "This order is revoked",
        subscription: "All orders of this subscription are revoked",
        fleet: "All appliances of the service are revoked",
      })[scope],
    revokedBy: (who: string) => `By ${who},`,
    leasesEnded: (leases: number) =>
      leases === 0
        ? "Revoked. No node was open."
        : `Revoked. ${leases === 1 ? "1 open node is" : `${leases} open nodes are`} being closed.`,
    answeredOf: (answered: number, asked: number) => `${answered} of ${asked} answered.`,
    spread: (fastest: number, slowest: number) =>
      fastest === slowest
        ? `After ${fastest} ms.`
        : `The fastest after ${fastest} ms, the slowest after ${slowest} ms.`,
    milliseconds: (milliseconds: number) => `${milliseconds} ms`,
  },
  loud: {
    oneNode: (serial: string) => `Node ${serial} only`,
    typeName: (name: string) => `Type ${name} to confirm`,
  },
  notices: {
    bell: (unread: number) =>
      unread === 0 ? "Notifications" : `Notifications, ${unread === 1 ? "1 new" : `${unread} new`}`,
    order: (name: string) => `Order ${name}`,
    nodes: (nodes: number) => (nodes === 1 ? "1 node answered" : `All ${nodes} nodes answered`),
    orders: (orders: number, failed: number) =>
      failed === 0 ? `${orders} orders, none failed` : `${orders} orders, ${failed} failed`,
  },
  noticeSettings: {
    address: (address: string) =>
      `E-mails go to ${address}, the name that you sign in with. Before each one, the service checks that a role assignment still gives you the right to the order. Requests that others must decide are not sent to you.`,
    channels: (names: string) => `Sent to groups: ${names}`,
    channel: (name: string, kind: Kind["channels"][number]["kind"]) =>
      `${name} (${{ teams: "Teams", slack: "Slack", email: "e-mail" }[kind]})`,
  },
  search: {
    found: (count: number) => (count === 1 ? "1 result" : `${count} results`),
  },
  troubleshooter: {
    found: (count: number) => (count === 1 ? "1 code" : `${count} codes`),
    unknown: (code: string) => `${code} is not one of our codes`,
    of: {
      node: (serial: string) => `The last unlock of node ${serial} failed`,
    },
  },
  unlock: {
    ofAnotherOrder: (order: string) =>
      `This challenge belongs to a node of order ${order}. Submit it on that order's page.`,
    minutes: (minutes: number) => (minutes === 1 ? "1 minute" : `${minutes} minutes`),
    hours: (hours: number) => (hours === 1 ? "1 hour" : `${hours} hours`),
    boots: (boots: number) =>
      boots === 1 ? "until the next restart" : `${boots} starts, including this one`,
    reasonForApprovers: (required: number) =>
      required === 1
        ? "Shown to the person who must approve."
        : `Shown to the ${required} people who must approve.`,
    grantedTitle: (serial: string) => `Node ${serial} may be unlocked`,
    pending: (given: number, required: number) =>
      `${given} of ${required} have approved. Keep this page open: the answer appears here as soon as it is decided.`,
    usedToday: (used: number, limit: number) => `${used} of ${limit} used today (UTC).`,
  },
  unlockPolicy: {
    writtenBy: (name: string) => `Last changed by ${name},`,
    window: (number: number) => `Window ${number}`,
    removeWindow: (name: string) => `Remove ${name.toLowerCase()}`,
    purposes: {
      networkFaults: {
        invalid: (network) => `“${network}” is not an address or a network.`,
        all: (network) =>
          `“${network}” covers all addresses. To allow all of them, leave the field empty.`,
        twice: (network) => `“${network}” is named twice.`,
        tooMany: (network, most) =>
          `“${network}” is one too many: you can name at most ${String(most)}.`,
      } satisfies NetworkFaultTexts as NetworkFaultTexts,
    },
    budget: {
      used: (count: number) => `${String(count)} granted today; the count resets at`,
    },
  },
  operator: {
    operations: {
      whyNot: {
        erased: () => "Done: every wrapped copy is destroyed.",
        halted: () => "Not while the stage is halted and waits for the customer.",
        later: (stages: string) => `Not yet: it follows the stage ${stages}.`,
        past: () => "Already done.",
        stage: () => "Not in this stage.",
      } as Record<"erased" | "halted" | "later" | "past" | "stage", (stages: string) => string>,
      done: (name: string) => `Done: ${name}.`,
      unprepared: (serials: string) =>
        `Not prepared: ${serials}. Such a node can't be unlocked at the customer's site. Prepare it before dispatch.`,
    },
    prepare: {
      serialOf: (node: number) => `Serial number of node ${node}`,
    },
    codes: {
      codeOf: (serial: string) => `enrolment code of ${serial}`,
    },
    nodes: {
      replaceOf: (serial: string) => `Replace device: ${serial}`,
      replaceTitle: (serial: string) => `Replace the device of ${serial}?`,
    },
    fleet: {
      nodes: (nodes: number) => (nodes === 1 ? "1 node" : `${nodes} nodes`),
    },
    killSwitches: {
      revokeThis: (what: { kind: "order" } | { kind: "node"; serial: string }) =>
        what.kind === "order" ? "Revoke this order" : `Revoke node ${what.serial}`,
      thrown: (leases: number) =>
        `Kill switch activated. Open nodes that are being closed: ${leases}.`,
    },
    organizations: {
      subscriptionTitle: (name: string) => `Add a subscription of ${name}`,
      disconnectTitle: (name: string) => `Disconnect ${name}?`,
    },
    campaigns: {
      startTitle: (orders: number) => `Re-wrap ${orders} orders now?`,
      startText: (failed: number) =>
        failed === 0
          ? "The dry run succeeded for every order. An order that fails anyway keeps its old key."
          : `${failed} orders failed in the dry run and will probably fail again. An order that fails keeps its old key.`,
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
      listed: (orders: number) => `${orders} orders`,
      attempts: (attempts: number) => `tried ${attempts} times`,
    },
    health: {
      findings: {
        database: {
          ok: { found: () => "Responding." },
          failed: {
            found: () => "Not responding within two seconds: nothing is granted or renewed.",
          },
          outdated: {
            found: () => "A newer broker has migrated it: this replica must no longer write.",
          },
        },
        vaults: {
          answered: { found: (seconds: number) => `The last answer came ${seconds} s ago.` },
          notAsked: { found: () => "No vault has been called since this replica started." },
          silent: {
            found: (seconds: number) =>
              `A call ${seconds} s ago was not answered, and no answer has come since.`,
          },
        },
        probes: {
          onTime: { found: () => "No probe is late." },
          late: {
            found: (seconds: number) =>
              `The latest is ${seconds} s late: a revoked key would be noticed late.`,
          },
        },
        keys: {
          usable: { found: () => "No key is known to be unusable." },
          unusable: {
            found: (keys: number) => `Orders with a key that cannot be used: ${keys}.`,
          },
        },
        switches: {
          none: { found: () => "None is active." },
          standing: {
            found: (switches: number) => `Active: ${switches}.`,
          },
        },
        events: {
          few: { found: (events: number) => `Waiting: ${events}.` },
          many: {
            found: (events: number) => `Waiting: ${events}. A receiver does not accept them.`,
          },
        },
      },
    },
  },
  createOrder: {
    cloneOf: (name: string) => `Clone ${name}`,
    faulty: (step: string) => `${step} (!)`,
    next: (step: string) => `Next: ${step}`,
    capacity: (model: string, terabytes: string) => `${model}: ${terabytes} TB usable`,
  },
  session: {
    tenant: (tenantId: string) => `Directory ${tenantId}`,
  },
  orders: {
    page: (page: number) => `Page ${page}`,
    found: (shown: number, total: number | undefined) =>
      total === undefined ? `${shown} shown` : `${shown} of ${total} orders`,
    bulk: {
      select: (name: string) => `Select ${name}`,
      chosen: (action: string, count: number) => `${action} (${count})`,
      check: {
        confirm: (count: number) => (count === 1 ? "Check 1 key" : `Check ${count} keys`),
      },
      revoke: {
        confirm: (count: number) => (count === 1 ? "Revoke 1 order" : `Revoke ${count} orders`),
      },
    },
    views: {
      remove: (name: string) => `Delete the view ${name}`,
    },
    setFilters: (count: number) => (count === 0 ? "Filters" : `Filters (${count})`),
  },
  order: {
    generation: (generation: number, acknowledged: number | undefined) =>
      acknowledged === undefined || acknowledged === generation
        ? `Generation ${generation}`
        : `Generation ${generation}, the node has ${acknowledged}`,
    deviceKeyGrade: (grade: DeviceKeyGrade, attested: boolean) => {
      if (grade === "file") return "Software-protected";
      const place = grade === "tpm" ? "TPM-protected" : "TPM-protected, bound to measured boot";
      return attested ? place : `${place} (reported by the node)`;
    },
    commands: {
      cancel: {
        label: (_name: string) => "Reason",
      },
      delete: {
        label: (name: string) => `Type ${name} to confirm`,
      },
      erase: {
        label: (name: string) => `Type ${name} to confirm`,
      },
    },
    consequences: {
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
    },
  },
  keyChain: {
    generation: (generation: string) => `generation ${generation}`,
  },
  encryption: {
    days: (days: number) => `${days} days`,
  },
  preflight: {
    summary: (passed: number, all: number) =>
      passed === all ? `All ${all} checks passed` : `${passed} of ${all} checks passed`,
    unread: (names: string) =>
      `The service can't read ${names}. For this check, assign it the role Reader there.`,
  },
  device: {
    hidesIn: (seconds: number) => `Hidden again in ${seconds} s`,
  },
};

export type Functions = typeof functions;

/** English texts of the portal. */
export const en = joinTexts(
  { ...strings, preflight: { ...strings.preflight, checks: KEY_CHECKS } },
  functions,
);

export type Texts = typeof en;

type CoverLetter = {
  readonly order: string;
  readonly madeAt: string;
  /** Its address. */
  readonly service: string;
  readonly rows: number;
  readonly isErased: boolean;
  /** Name of the archive. */
  readonly file: string;
};

type Kind = NoticeChoices["kinds"][number];

type NetworkFaultTexts = Record<NetworkFault["kind"], (network: string, most: number) => string>;

export type FindingText = { readonly found: (figure: number) => string; readonly next: string };

export type FindingTexts = {
  readonly [Check in keyof Findings]: Record<Findings[Check], FindingText>;
};
