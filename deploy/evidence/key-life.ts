import type { Evidence } from "./evidence.ts";

/** Promises of docs/customer/key-life.md and the tests that hold them. */
export const KEY_LIFE: readonly Evidence[] = [
  {
    name: "Rotation by PATCH",
    shownBy: {
      "apps/cloud-broker/test/rotation/by-hand.test.ts": [
        "%s: the appliance on the road unlocks by it with its old envelope, and gets the new one",
        "another identity: it alone is asked for the key from then on",
      ],
    },
  },
  {
    name: "Rotation in the portal",
    shownBy: {
      "e2e/browser/article.test.ts": [
        "moves the order to a new version of the key, without a warning",
        "moves the order to another key",
        "moves the order to a user-assigned identity",
      ],
    },
  },
  {
    name: "Following a key without version",
    shownBy: {
      "apps/cloud-broker/test/rotation/rotation.test.ts": [
        "that got a new version has it put in force by itself, and a stale envelope still unlocks and is replaced",
        "is asked about once an hour, by one replica",
      ],
      "e2e/rotation.test.ts": [
        "a new version of a followed key is put in force automatically, and the old one may be disabled while the appliance still holds its envelope",
      ],
    },
  },
  {
    name: "Rotation by Event Grid",
    shownBy: {
      "apps/cloud-broker/test/rotation/key-events.test.ts": [
        "%s makes the key be asked about now, and says nothing else",
        "%s is refused",
        "of the Event Grid schema answers the code, with the token of a delivery only",
        "of CloudEvents allows only Event Grid",
        "that comes again and again asks the vault every ten seconds at most",
      ],
    },
  },
  {
    name: "Re-wrapping one order",
    shownBy: {
      "apps/cloud-broker/test/campaigns/rotation-property.test.ts": [
        "every rotation leaves each envelope with a working recipient, through any failure of the vaults, and no version that is called safe is missed",
      ],
      "apps/cloud-broker/test/custody/crashes.test.ts": [
        "leaves an order that unlocks, with the old key or the new one for all nodes, and takes the change again",
      ],
      "apps/cloud-broker/test/custody/custody.test.ts": [
        "lets exactly one of two concurrent changes win",
      ],
    },
  },
  {
    name: "Refused new keys",
    shownBy: {
      "apps/cloud-broker/test/rotation/by-hand.test.ts": [
        "%s leaves the old key in force, says why and who must act, and is in the activity",
      ],
      "apps/cloud-broker/test/rotation/rotation.test.ts": [
        "whose new version is disabled stays with the old one, and the answer says why",
      ],
    },
  },
  {
    name: "Safe to disable",
    shownBy: {
      "apps/cloud-broker/test/rotation/rotation.test.ts": [
        "are listed for all orders of a subscription, and for all orders to the operator",
      ],
      "apps/cloud-broker/test/backup-keys/backup-keys.test.ts": [
        "count where it is asked which versions may be disabled",
      ],
    },
  },
  {
    name: "Lower generations",
    shownBy: {
      "apps/device-agent/test/tampered-answers.test.ts": [
        "its envelope: a lower generation",
        "its envelope: the same generation again",
      ],
      "apps/cloud-broker/src/core/decide-unlock.test.ts": [
        "of an older generation is allowed and brings the current envelope",
      ],
    },
  },
  {
    name: "Campaigns",
    shownBy: {
      "apps/cloud-broker/test/campaigns/campaigns.test.ts": [
        "rotates every order of a key to its newest version, and each still unlocks with the old one disabled",
        "moves to another vault with another identity, which it attaches",
        "on one replica at a time, and on another one when that has died",
      ],
      "apps/cloud-broker/test/campaigns/crashes.test.ts": [
        "a broker killed between any two statements of a campaign that %s leaves orders that unlock, and the campaign comes to its end",
      ],
    },
  },
  {
    name: "The vault's budget",
    shownBy: {
      "apps/cloud-broker/src/azure/vault-budget.test.ts": [
        "is never exceeded by work that can wait, in any second",
      ],
    },
  },
  {
    name: "Unlocks before re-wraps",
    shownBy: {
      "apps/cloud-broker/test/campaigns/campaigns.test.ts": [
        "a campaign's calls of the vault wait behind unlocks, and those of a change by hand do not",
      ],
      "apps/cloud-broker/src/azure/bulkhead.test.ts": [
        "gives a freed place to an unlock before a probe, and to both before every re-wrap that came first",
        "keeps half of its places free of re-wraps, so that an unlock waits for none",
      ],
      "apps/cloud-broker/src/azure/vault-budget.test.ts": [
        "is shared with calls that do not wait: each puts off what can wait",
      ],
    },
  },
  {
    name: "Campaign progress",
    shownBy: {
      "apps/cloud-broker/test/campaigns/campaigns.test.ts": [
        "a campaign that waits for a vault tells how fast it is and how long it takes",
        "that moves to a key that an order may not use fails for that order with its code and steps, and the old key stays",
      ],
      "apps/cloud-broker/test/campaigns/command.test.ts": [
        "a campaign is started, followed and explained at the command line",
      ],
      "e2e/browser/operator.test.ts": [
        "rehearses a campaign, and sees which orders would fail and why",
      ],
    },
  },
  {
    name: "From the vault's refusal to the closed volume",
    shownBy: {
      "e2e/ten-appliances.test.ts": [
        "ten unlocked appliances are all closed once the customer disables their key, before a lease is renewed",
      ],
      "e2e/relock.test.ts": [
        "is closed when the vault refuses its key, says why, and proves it by a receipt",
      ],
    },
  },
  {
    name: "Push and fallback",
    shownBy: {
      "apps/cloud-broker/test/leases/leases.test.ts": [
        "gets the order to close at once when unlocking is revoked, and waits through a renewal",
        "that finds the key disabled re-locks, and a key that works again does not bring the lease back",
      ],
    },
  },
  {
    name: "Revoke now",
    shownBy: {
      "apps/cloud-broker/test/leases/revocations.test.ts": [
        "of %s closes what is open, refuses what is new, and is the operator's to lift",
      ],
      "e2e/relock.test.ts": ["is closed by revoke now, long before its lease is renewed"],
      "e2e/ten-appliances.test.ts": [
        "revoke now for the fleet, by the broker's operator, closes all of them before a lease is renewed",
      ],
    },
  },
  {
    name: "Kill switches fail closed",
    shownBy: {
      "apps/cloud-broker/test/leases/revocations.test.ts": [
        "switches that cannot be read grant nothing, renew nothing and close nothing",
      ],
      "apps/cloud-broker/test/replicas/races.test.ts": [
        "leave no lease alive behind a kill switch that is thrown while many unlock",
      ],
    },
  },
  {
    name: "Revocation drills",
    shownBy: {
      "apps/cloud-broker/test/leases/leases.test.ts": [
        "reaches the node with its renewal, is answered by its receipt, and leaves the lease alive",
      ],
      "e2e/relock.test.ts": ["answers a drill and stays open"],
    },
  },
  {
    name: "No grant without a fresh nonce",
    shownBy: {
      "apps/cloud-broker/test/adversary/adversary.test.ts": [
        "an attacker who drops, replays, reorders, swaps, races and rolls back gets no second grant for a nonce, no key of another node, and no volume that stays open beyond the bound",
      ],
      "apps/device-agent/src/core/lease-state.test.ts": [
        "no node is unlocked after the refusal, its lease and its grace",
        "no order to close is taken that the broker did not give to this lease",
      ],
    },
  },
  {
    name: "Outage grace",
    shownBy: {
      "apps/cloud-broker/test/policy/unlock-policy.test.ts": [
        "each outage grace reaches the appliance as its own terms, and the lease's own time is never cut",
        "a grant's lease is on the policy's terms, and a change reaches it at its next renewal",
      ],
    },
  },
  {
    name: "Time left on the device",
    shownBy: {
      "apps/device-agent/test/outage-grace.test.ts": [
        "%s shows how long it stays open, to people and programs",
        "until reboot shows that, and no time",
        "without an answer, the time left goes down, and the node shows the beginning and the end of the outage grace",
      ],
    },
  },
  {
    name: "Outages before the grace period ends",
    shownBy: {
      "e2e/relock.test.ts": [
        "stays open while the broker is down, and closes when its outage grace is over",
      ],
      "apps/cloud-broker/test/leases/leases.test.ts": ["that reaches no vault changes nothing"],
    },
  },
  {
    name: "Signed re-locks only",
    shownBy: {
      "apps/device-agent/test/tampered-answers.test.ts": [
        "a refusal that the broker did not sign for this request is not a refusal",
      ],
      "e2e/fault-matrix/fault-matrix.test.ts": [
        "the real agent never treats an answer from between it and its broker as a refusal",
      ],
    },
  },
  {
    name: "Void leases",
    shownBy: {
      "apps/device-agent/test/daemon/void-lease.test.ts": [
        "once the machine says that it is in another boot",
        "once the state was set back to a counter that was used",
      ],
      "apps/cloud-broker/test/leases/leases.test.ts": [
        "with a stale sequence, of another boot or with an old counter is invalid, and refuses nothing",
      ],
    },
  },
  {
    name: "Challenges",
    shownBy: {
      "apps/device-agent/test/offline.test.ts": [
        "fits one QR code, as a picture and in a terminal, and reads back the same",
        "is written as text by any other name",
      ],
      "e2e/browser/local-ui-unlock.test.ts": [
        "without a network the code on the node's page is photographed for the portal, and the portal's for the node",
        "the challenge's file and text equal its code",
      ],
    },
  },
  {
    name: "Answers for a signed-in person",
    shownBy: {
      "apps/cloud-broker/test/offline/offline-unlock.test.ts": [
        "is answered by a grant that opens on its node, and is audited with the person",
        "by a caller without the right is not even read",
      ],
    },
  },
  {
    name: "Single use",
    shownBy: {
      "apps/device-agent/test/offline.test.ts": [
        "is unlocked once by a carried answer",
        "ends with its boot",
        "ends with its time",
      ],
      "apps/cloud-broker/test/offline/offline-unlock.test.ts": [
        "one challenge submitted many times at once is one grant",
        "of a node of another order tells the person nothing about that order",
        "gets the same answer again for a while, then never",
      ],
    },
  },
  {
    name: "Counted uses",
    shownBy: {
      "apps/cloud-broker/test/offline/offline-unlock.test.ts": [
        "count the uses of a day, however many come at once",
      ],
    },
  },
  {
    name: "Leases by duration or boots",
    shownBy: {
      "apps/device-agent/test/offline.test.ts": [
        "by duration ends with a reboot, and leaves nothing behind",
        "by boots opens the volume the granted number of times without an answer, and never again",
      ],
      "apps/cloud-broker/test/offline/offline-unlock.test.ts": [
        "say how long a lease is: here a number of boots",
      ],
    },
  },
  {
    name: "Journal and countersignature",
    shownBy: {
      "apps/device-agent/test/daemon/journal.test.ts": [
        "a daemon delivers what happened without network: receipt and journal, countersigned",
        "a rewritten journal is detected by the broker, and by verify without a network",
      ],
      "apps/cloud-broker/test/journal/journal.test.ts": [
        "is countersigned, and appears in the activity as the node's own claim",
      ],
    },
  },
  {
    name: "Wrong passkeys",
    shownBy: {
      "apps/device-agent/test/passkey.test.ts": [
        "takes five wrong passkeys, and then not even the right one",
        "15 minutes after the fifth wrong passkey the next is taken",
      ],
      "apps/device-agent/src/core/passkey-tries.test.ts": [
        "never more than five tries within 15 minutes of one boot, and none by booting",
      ],
      "apps/device-agent/test/crash/passkey-kill.test.ts": [
        "killing the agent at any moment at which cryptsetup may have judged a passkey gives no further try",
      ],
      "apps/device-agent/test/local-ui/local-ui.test.ts": [
        "shares its five tries with the command line, across restarts of the agent",
      ],
    },
  },
  {
    name: "Passkeys in the journal",
    shownBy: {
      "apps/device-agent/test/passkey.test.ts": [
        "is opened by its passkey without a broker, and locked again",
      ],
    },
  },
  {
    name: "New unlock key, envelope and key slot",
    shownBy: {
      "apps/device-agent/test/rekey.test.ts": [
        "is rekeyed: the new passkey opens it, the old one does not",
        "that a rotation overtakes is rekeyed at the second try",
      ],
      "e2e/heavy.test.ts": [
        "one node is rekeyed alone: it has a new passkey, and the old one opens only the other node",
      ],
    },
  },
  {
    name: "Interrupted re-keys",
    shownBy: {
      "apps/device-agent/test/crash/rekey-kill.test.ts": [
        "a $kind volume whose rekeying is killed at any step opens by the passkey that is shown, and the next run ends it",
      ],
      "e2e/killed-broker.test.ts": [
        "of a rekeying leaves the passkey that is shown opening the volume, and the next try ends it",
      ],
    },
  },
  {
    name: "Backup keys of another vault",
    shownBy: {
      "apps/cloud-broker/test/backup-keys/backup-keys.test.ts": [
        "works through the second after the bound; grant, audit and list say so",
        "opens what a deletion has closed, is shown and audited, and ends with its hours or at once",
      ],
      "apps/cloud-broker/test/custody/backup-keys.test.ts": [
        "a refusal before the silence keeps the backup shut, for every observer and for any time",
      ],
    },
  },
  {
    name: "Offline recovery keys",
    shownBy: {
      "e2e/recovery-key.test.ts": [
        "a recovery key that only the customer has opens the appliance when the vault is lost, and the order's activity shows each step",
      ],
      "apps/cloud-broker/test/backup-keys/backup-keys.test.ts": [
        "made as $kind by the documented commands opens an exported envelope by the documented commands",
      ],
    },
  },
  {
    name: "Recovery keys in the portal",
    shownBy: {
      "e2e/browser/customer-pages.test.ts": [
        "a recovery key is added from its public half; a private one is rejected and not sent",
      ],
    },
  },
  {
    name: "Activity rows",
    shownBy: {
      "apps/cloud-broker/test/control-plane/activity-columns.test.ts": [
        "each row of an order's life names action, time, outcome, caller and address",
        "%s, %s",
        "a refusal that is the key's, on every way on which it is met",
      ],
    },
  },
  {
    name: "Exported activity",
    shownBy: {
      "apps/cloud-broker/test/audit/exported-activity.test.ts": [
        "an activity that was exported over several pages is whole, and its receipts bear their device's signature",
      ],
      "e2e/browser/customer-pages.test.ts": [
        "a refused unlock is explained in the activity, whose export verifies",
      ],
    },
  },
  {
    name: "Offline audit verification",
    shownBy: {
      "apps/cloud-broker/test/audit/exported-activity.test.ts": [
        "%s is found out",
        "one that was cut off at its end, or rewritten with good hashes, is found out",
      ],
      "apps/cloud-broker/test/audit/configured-database.test.ts": [
        "the database that a broker is configured for is verified where it is, and a changed row is found",
      ],
    },
  },
  {
    name: "Signed receipts",
    shownBy: {
      "apps/cloud-broker/test/audit/exported-activity.test.ts": [
        "an attacker who holds the database and rewrites the chain cannot forge a statement of a device",
        "with another device's receipt in the place of its own",
      ],
    },
  },
];
