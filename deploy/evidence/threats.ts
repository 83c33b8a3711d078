import type { Evidence } from "./evidence.ts";

/** Threats of docs/design/threat-model.md and the tests of their defences. */
export const THREATS: readonly Evidence[] = [
  {
    name: "A stolen appliance",
    shownBy: {
      "e2e/replaced-device.test.ts": [
        "a device that was replaced can never unlock again, and its successor opens the same volume",
      ],
    },
  },
  {
    name: "A copied agent folder during an approval",
    shownBy: {
      "apps/device-agent/test/approval/approval.test.ts": [
        "a restart: neither the request nor its key outlives the boot",
        "for too long costs another approval, which is asked for at once",
      ],
    },
  },
  {
    name: "A copied device key",
    shownBy: {
      "apps/cloud-broker/test/device/enrolment.test.ts": [
        "raises the counter, so that an older request cannot follow",
      ],
    },
  },
  {
    name: "Guessing the passkey",
    shownBy: {
      "apps/device-agent/test/passkey.test.ts": [
        "takes five wrong passkeys, and then not even the right one",
      ],
      "apps/device-agent/test/crash/passkey-kill.test.ts": [
        "killing the agent at any moment at which cryptsetup may have judged a passkey gives no further try",
      ],
    },
  },
  {
    name: "A changed LUKS2 header",
    shownBy: {
      "apps/device-agent/test/luks2.test.ts": [
        "whose header was made to name no cipher is not given its key, though cryptsetup would take it",
      ],
    },
  },
  {
    name: "A volume header from a backup",
    shownBy: {
      "apps/device-agent/test/header-rollback.test.ts": [
        "that was restored from before a rekeying is given no key: the old passkey does not open it offline",
        "that is newer than the node's restored state opens, and is remembered from then on",
        "that claims to be newer is not believed before a key has opened it",
      ],
      "apps/device-agent/test/crash/rekey-kill.test.ts": [
        "a $kind volume whose rekeying is killed at any step opens by the passkey that is shown, and the next run ends it",
      ],
    },
  },
  {
    name: "State that was set back",
    shownBy: {
      "apps/device-agent/src/core/lease-state.test.ts": ["closes when its state was set back"],
      "apps/device-agent/src/journal/journal.test.ts": [
        "rows cut off at the end are missed by the head that the state remembers",
      ],
    },
  },
  {
    name: "A forged refusal",
    shownBy: {
      "apps/device-agent/test/tampered-answers.test.ts": [
        "a refusal that the broker did not sign for this request is not a refusal",
      ],
      "apps/device-agent/test/unreachable.test.ts": [
        "an answer to %s without authority is unreachable, and locks nothing",
      ],
    },
  },
  {
    name: "A forged, changed or kept grant",
    shownBy: {
      "apps/device-agent/test/tampered-answers.test.ts": [
        "a grant that was changed never unlocks",
        "the grant of an earlier request of the same node",
      ],
    },
  },
  {
    name: "A replayed request",
    shownBy: {
      "apps/cloud-broker/test/device/replays.test.ts": [
        "is worth one grant to many copies of one message, which all get the same bytes",
      ],
      "apps/cloud-broker/test/adversary/adversary.test.ts": [
        "an attacker who drops, replays, reorders, swaps, races and rolls back gets no second grant for a nonce, no key of another node, and no volume that stays open beyond the bound",
      ],
    },
  },
  {
    name: "A flood of requests",
    shownBy: {
      "apps/cloud-broker/test/device/rate-limits.test.ts": [
        "an address that asks too often is stopped before anything is read",
        "must wait, by a signed answer that is an outage and leaves no row",
      ],
      "apps/cloud-broker/src/load/admission.test.ts": [
        "does not count unauthenticated requests: they fill at most half of the places, and one address cannot fill all of these",
      ],
    },
  },
  {
    name: "A false sender behind a balancer",
    shownBy: {
      "apps/cloud-broker/test/server/connections.test.ts": [
        "connections behind a balancer count as those of the sender that its header names",
        "a flood by one sender behind a balancer leaves the others their requests",
        "a flood by one sender behind a proxy leaves the others their requests, on one connection",
        "an address in X-Forwarded-For is ignored where no proxy wrote it",
      ],
      "apps/cloud-broker/src/http/read-proxy-headers.test.ts": ["is not %s"],
      "apps/cloud-broker/src/http/sender-of.test.ts": ["the sender is found behind %s"],
      "apps/cloud-broker/src/observability/log.test.ts": [
        "a flood of one address has few lines, and takes none of another address",
      ],
    },
  },
  {
    name: "Hostile bytes at the door",
    shownBy: {
      "apps/cloud-broker/test/door/door-fuzz.test.ts": [
        "hostile requests leave nothing behind, and each answer is one of ours",
      ],
      "apps/cloud-broker/test/server/transport-faults.test.ts": [
        "for any outcome of a request, its end is reported once, and failures on the way are reported too",
        "the front learns of a request that the parser refuses, and may answer that there were too many",
        "an idle connection is closed, even if its client still owes data",
      ],
      "apps/cloud-broker/test/server/connections.test.ts": [
        "idle connections of one address do not keep other addresses out, and are refused before TLS",
        "when all places are taken, the address with the most gives one to a new address",
        "the place of a connection is given back when it ends %s",
      ],
      "apps/cloud-broker/src/load/admission.test.ts": [
        "places that are all taken are an overload at first, and stuck when none of them moves for long",
      ],
    },
  },
  {
    name: "Audit rows written by strangers",
    shownBy: {
      "apps/cloud-broker/test/device/stranger-rows.test.ts": [
        "have a row each at first, and then one an hour that says how many there were",
        "are bounded in sum too, however many addresses they come from",
        "take nothing from a device that proves itself: each of its refusals has its row",
        "an address that sends unproven messages under ever new ids must wait",
      ],
    },
  },
  {
    name: "A failure under a wrong name",
    shownBy: {
      "apps/cloud-broker/src/store/fast/send-at-once.test.ts": [
        "a transaction fails with its first failure (%s), even if a later one arrives first",
      ],
      "apps/cloud-broker/src/callers/verify-token.test.ts": [
        "valid tokens are taken at once, all of them by one fetch",
        "tokens with junk kids cause few fetches, and do not keep a valid one out for long",
      ],
      "apps/cloud-broker/test/azure/garbage-by-sdk.test.ts": [
        "one of %d bytes says which it was",
        "a challenge: %s",
      ],
      "apps/cloud-broker/test/control-plane/patch.test.ts": [
        "a user identity that was deleted and made again is another principal once it is written again",
      ],
      "apps/device-agent/src/journal/journal.test.ts": [
        "is not followed where it is a symbolic link, neither to write nor to read",
      ],
    },
  },
  {
    name: "An answer without an end",
    shownBy: {
      "apps/cloud-broker/test/azure/bounded-answers.test.ts": [
        "ends at its limit, before and after decompression: %s",
        "a call ends when its whole time is over, however often a byte comes",
        "a receiver's word counts by its status, and the rest of it is cut off at the limit",
        "an answer that is too large has no authority and is not a refusal",
      ],
      "apps/cloud-broker/src/config/read-file-within.test.ts": [
        "a file is read whole up to the limit, and not at all beyond it, were it a device without an end",
      ],
    },
  },
  {
    name: "A request for another customer's envelope",
    shownBy: {
      "e2e/foreign-messages.test.ts": [
        "a malformed or forged message is refused by its own code, reaches no vault, and is audited",
      ],
    },
  },
  {
    name: "One customer's load that delays others",
    shownBy: {
      "apps/cloud-broker/test/server/fair-share.test.ts": [
        "in a saturated process, the load of a customer whose vault is dead does not use another customer's share",
        "a message that only claims to be another customer's does not use that customer's share, and does not escape its own",
      ],
    },
  },
  {
    name: "Forged and aliased names",
    shownBy: {
      "packages/protocol/src/identifiers.test.ts": [
        "is refused with anything strange in it, at any place",
        "the Kelvin sign, the dotted I and the long s do not count as ASCII letters",
      ],
      "apps/cloud-broker/test/control-plane/identifiers.test.ts": [
        "%s is refused at each door, and stored nowhere",
        "is the same order, and a Kelvin sign is not a k",
      ],
      "apps/cloud-broker/test/device/serial-case.test.ts": [
        "is the same device: no second one is prepared, in this order or another",
      ],
    },
  },
  {
    name: "A URL for the broker to call",
    shownBy: {
      "apps/cloud-broker/src/core/key-url.test.ts": [
        "every accepted URL has a host below the list, as a browser would read it too",
      ],
    },
  },
  {
    name: "A stolen token or session",
    shownBy: {
      "apps/cloud-broker/test/serve/routes.test.ts": [
        "that is not public answers 401 to an unauthenticated caller before every other check",
      ],
      "apps/cloud-broker/src/core/decide-release.test.ts": [
        "two words of one person are one",
        "a person cannot approve a challenge that they carried",
      ],
    },
  },
  {
    name: "One person who lifts the two-person rule",
    shownBy: {
      "apps/cloud-broker/src/core/compare-policies.test.ts": [
        "is released only where the policy that it was asked under and the one in force both release it",
        "release nothing more where no member is loosened",
      ],
      "apps/cloud-broker/test/approvals/loosening.test.ts": [
        "is not lifted by one person, neither for waiting requests nor for later ones",
        "holds as well where %s",
        "is not turned off by one person where the policy asks for approvals",
        "that is activated after the approvals stays on, and they no longer count",
        "revives no break-glass that was opened before it",
      ],
    },
  },
  {
    name: "A withdrawn customer key",
    shownBy: {
      "e2e/ten-appliances.test.ts": [
        "ten unlocked appliances are all closed once the customer disables their key, before a lease is renewed",
      ],
    },
  },
  {
    name: "An insider who wants a customer's key",
    shownBy: {
      "apps/cloud-broker/test/audit-verify.test.ts": [
        "cut off at its end has another length and head than was noted before",
      ],
    },
  },
  {
    name: "A rewritten audit trail",
    shownBy: {
      "apps/device-agent/test/daemon/journal.test.ts": [
        "a rewritten journal is detected by the broker, and by verify without a network",
      ],
    },
  },
  {
    name: "A broker that opens the appliance",
    shownBy: {
      "apps/device-agent/test/split-custody.test.ts": [
        "what a broker has does not open the volume; with the node's share it does",
        "neither share, nor the key, is in a message, an event or the journal",
      ],
      "e2e/canary/secret-canary.test.ts": [
        "no message that the broker received or sent holds a share or a key of split custody",
        "the agent printed no share and no key of split custody, even when it failed",
        "an appliance's share is found where it belongs, so that silence means something",
      ],
      "e2e/split-custody.test.ts": [
        "a broker, its database and the customer's consent do not open the appliance; with the appliance's share they do",
      ],
    },
  },
  {
    name: "A downgrade to escrow",
    shownBy: {
      "apps/device-agent/test/split-custody.test.ts": [
        "a re-key to escrow is refused, and the volume is unchanged",
        "an envelope of split custody that confirms a re-key in escrow is refused",
        "an envelope of escrow that confirms a re-key in split custody is refused, and both slots stay",
        "an answer about the broker's keys %s",
        "prepare --custody split refuses an order in escrow, and formats nothing",
      ],
    },
  },
  {
    name: "A recovery key of the broker's own",
    shownBy: {
      "apps/device-agent/test/split-custody.test.ts": [
        "gets no copy at a re-key, beside the owner's key or in its place",
        "gets none where the owner has accepted that there is no recovery key",
        "gets none at the preparation of a node that was given the owner's keys",
        "gets none after the device was replaced",
        "may not leave out the owner's key either, which would end the recovery",
      ],
    },
  },
  {
    name: "A copy of the share that was swapped",
    shownBy: {
      "apps/device-agent/test/split-custody.test.ts": [
        "the node tells the hash of the copy that it sent, so that a copy that was swapped shows",
        "a share of another node, or of a copy that was swapped, opens nothing and can be replaced",
        "a preparation that is repeated reports the same copy, which the broker may have",
      ],
    },
  },
  {
    name: "A re-key that keeps the share",
    shownBy: {
      "apps/device-agent/test/split-custody.test.ts": [
        "a proposal with the identity of the envelope in force, whose share would stay, is refused",
      ],
    },
  },
  {
    name: "Shares that do not belong together",
    shownBy: {
      "packages/crypto/src/envelope/split-key.test.ts": [
        "another order's, node's or envelope's share never gives the key",
      ],
      "e2e/split-custody.test.ts": [
        "each node of a Data Box Heavy has shares of its own, through a re-key, a campaign, the copy and its erasure",
      ],
    },
  },
  {
    name: "A reader of logs, databases, backups, dumps and command lines",
    shownBy: {
      "e2e/canary/secret-canary.test.ts": [
        "secrets lie only in the files of broker, agent and stack that are meant for them",
        "the log was written, and holds none",
        "no secret is on a command line or in an environment",
        "no secret is in a URL, of the broker or of Azure",
        "the files of %s hold none, with its write-ahead log and a log of every statement",
        "no secret that was typed or brought at the appliance's page is shown there, or printed",
      ],
    },
  },
  {
    name: "Another page in the same browser",
    shownBy: {
      "apps/device-agent/test/local-ui/local-ui.test.ts": [
        "a change without the session's token is refused, and so is one with a form's media type",
      ],
      "apps/cloud-broker/test/portal/proxies.test.ts": ["writes only by a page of its own"],
    },
  },
  {
    name: "A crash at any moment",
    shownBy: {
      "e2e/killed-broker.test.ts": [
        "of unlock is an outage, never a refusal, and the next try unlocks",
      ],
      "apps/device-agent/test/crash/kill-and-rerun.test.ts": [
        "whose unlock (purpose: %s) was killed at any step unlocks, with the newer envelope, the next time",
      ],
    },
  },
];
