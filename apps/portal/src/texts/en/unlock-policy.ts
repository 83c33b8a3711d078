import type { WeekDay } from "@databox-cmk/protocol";

import type { NetworkFault } from "../../core/find-network-fault.ts";
import type { NamedGrace } from "../../core/policy-draft.ts";

type NetworkFaultTexts = Record<NetworkFault["kind"], (network: string, most: number) => string>;

export const unlockPolicy = {
  kinds: {
    automatic: "Unlocks are approved automatically, at any time.",
    windows: "Unlocks are approved automatically, within the unlock hours.",
    approvals: "Unlocks need approval, at any time.",
    both: "Unlocks need approval, within the unlock hours.",
  },
  isDefault: "No policy yet. The service defaults apply.",
  writtenBy: (name: string) => `Last changed by ${name},`,
  stale: "Someone has changed this policy since you opened it. Your changes can't be saved.",
  takeStored: "Show the new policy",
  saved: "Saved. Open appliances apply the new policy at their next renewal.",
  notWhole: "This cannot be saved yet:",
  override: {
    title: "Override the policy",
    button: "Override",
    hint: "If the approvers can no longer decide, an owner can replace the policy without them, after a delay.",
    warning:
      "Everyone who may approve sees it and can reject it. If they do not, save the same policy again after the delay.",
    reason: "Reason",
    begun: "Begun. Unless it is rejected, you can save the same policy without approvals from",
  },
  windowsTitle: "Unlock hours",
  anyTime: "At any time.",
  windowsHint: "Only within these windows. An open appliance stays open when a window ends.",
  addWindow: "Add a window",
  window: (number: number) => `Window ${number}`,
  removeWindow: (name: string) => `Remove ${name.toLowerCase()}`,
  days: {
    Mon: "Mon",
    Tue: "Tue",
    Wed: "Wed",
    Thu: "Thu",
    Fri: "Fri",
    Sat: "Sat",
    Sun: "Sun",
  } satisfies Record<WeekDay, string> as Record<WeekDay, string>,
  from: "From",
  to: "To",
  timeZone: "Time zone",
  approvalsTitle: "Approvals",
  required: "People who must approve",
  requiredHint: "0: no approval is needed.",
  approvers: "Approvers",
  approversHint:
    "Empty: anyone whose role allows it. An application counts only if you name it here by its object ID.",
  acceptUnknown: "Also name people whose right cannot be looked up (app roles)",
  expiresAfter: "Requests expire after (minutes)",
  expiresAfterHint: "The appliance must then send a new request.",
  breakGlass: "Allow emergency access: one unlock without approval, recorded in the activity",
  purposes: {
    title: "At the datacenter",
    hint: "Copying an import and filling an export can have conditions of their own. Emergency access applies to them, too.",
    inherited: "same conditions as unlocks",
    own: "own conditions",
    useOwn: "Use own conditions",
    sameAsUnlock: "The conditions above apply.",
    networks: "Allowed networks",
    networksHint:
      "Addresses or networks from which the appliance may ask, one per line, such as 203.0.113.0/24. Empty: from anywhere.",
    networkFaults: {
      invalid: (network) => `“${network}” is not an address or a network.`,
      all: (network) =>
        `“${network}” covers all addresses. To allow all of them, leave the field empty.`,
      twice: (network) => `“${network}” is named twice.`,
      tooMany: (network, most) =>
        `“${network}” is one too many: you can name at most ${String(most)}.`,
    } satisfies NetworkFaultTexts as NetworkFaultTexts,
  },
  outageTitle: "If the service can't be reached",
  grace: "Outage grace period",
  graceHint:
    "How long an open volume stays open while the service can't be reached. A refusal closes it at once, and a restart always locks it.",
  graces: {
    none: "None: it closes when its lease ends",
    PT15M: "15 minutes",
    P1D: "24 hours",
    untilReboot: "Until the next restart",
  } satisfies Record<NamedGrace, string> as Record<NamedGrace, string>,
  otherGrace: "Other",
  graceMinutes: "Minutes",
  leaseTtl: "Lease (seconds)",
  leaseTtlHint: "How long a grant lasts before the appliance must renew it.",
  offlineTitle: "Without network",
  offlineAllowed: "Allow unlocks by challenge and answer",
  offlineLease: "Offline unlocks last",
  leaseKinds: { duration: "For a limited time", boots: "For a number of starts" },
  leaseMinutes: "Minutes",
  leaseBoots: "Starts, including the current one",
  budget: {
    title: "Daily limit",
    used: (count: number) => `${String(count)} granted today; the count resets at`,
    limited: "Limit unlocks per day",
    most: "Maximum unlocks per day",
    mostHint: "For all nodes together. Open volumes stay open.",
    save: "Save the limit",
  },
  whoMay: {
    title: "Rights to change the rules",
    you: "you",
    changes: {
      "jobs/unlockPolicy/write": "Write the policy",
      "jobs/unlockPolicy/override/action": "Override the policy",
      "jobs/unlockBudget/write": "Set the daily limit",
      "jobs/unlockBudget/delete": "Remove the daily limit",
      "jobs/write": "Choose another key",
      "jobs/backupKeys/write": "Add or replace a backup key",
      "jobs/backupKeys/delete": "Remove a backup key",
      "jobs/backupKeys/use/action": "Use a backup key now",
      "jobs/restoreAccess/action": "Restore access",
      "jobs/revoke/action": "Revoke access",
      "custodyPolicy/write": "Require split custody in the subscription",
    } as Readonly<Record<string, string>>,
    /** Of the change, before the roles that have it. */
    effects: {
      stricter: "Stricter: at once.",
      looser: "Looser: with the approvals in force.",
      compared: "A looser value, or a moved decision, needs the approvals in force.",
      owner: "Moves the decision: an Owner only.",
    } as Readonly<Record<string, string>>,
  },
};
