/**
 * Every demand of docs/reference/device-api.md, by a part of its sentence there, with the cases of
 * the kit that check it, or with the reason why none does.
 */
export const MUSTS: Readonly<Record<string, readonly string[] | { readonly notChecked: string }>> =
  {
    "at most 16 KiB, or 64 KiB if it is an answer": [
      "longer than 16 KiB",
      "a message that is too long, without a signature: 413",
    ],
    'The protected header is exactly `{"alg":"ES256","kid","typ"}`': [
      "a fourth header member",
      "no kid",
      "no typ",
      "alg none",
    ],
    "`typ` differs for each kind of message and is checked": [
      "another typ",
      "signed as another kind",
    ],
    "unknown, repeated and missing members are rejected": [
      "an unknown member",
      "a payload member twice",
      "without the members it must have",
      "malformed: an unknown member",
    ],
    "only if one of the broker's keys from its enrolment signed it": [
      "the key that signed it: a stranger's",
      "its type: an acknowledgement",
      "the request it answers",
    ],
    "only a signed denial refuses an unlock or closes a volume": [
      "a captive portal's 403",
      "a captive portal's 200",
      "signed by a stranger",
      "an order to close ${name} closes nothing",
    ],
    "A reader ignores the names that it does not know": [
      "ignores extensions of a newer broker",
      "// Every broker must ignore it, in each message.",
    ],
    "A reader that does not know it refuses it": ["another typ"],
    "The nonce is valid once, for this serial number, for 120 s": [
      "replayed: another message with a used nonce",
      "replayed: a nonce of another device",
      "a nonce after its time: NonceExpired",
    ],
    "The answer for a serial number that does not exist is the same": {
      notChecked: "the broker's own tests ask for both",
    },
    "valid 24 h": { notChecked: "no act lets a day pass before an enrolment" },
    "exactly `kty`, `crv`, `x`, `y`": { notChecked: "the kit's own keys have no other members" },
    "the weakest suite that this node will ever use": [
      "downgraded: a weaker suite than was enrolled",
      "a weaker suite",
    ],
    "information from the node; never trusted": {
      notChecked: "what a broker believes cannot be seen from outside",
    },
    "neither an envelope of another node nor one of a lower generation": [
      "its envelope: another node's",
      "its envelope: a lower generation",
    ],
    "it accepts none of escrow, in any answer": [
      "withstands an envelope of escrow, although its key opens the volume",
      "takes no envelope of escrow as the answer to its confirmation",
    ],
    "Its protected header has exactly `typ`": ["its envelope: a header of another order"],
    "A device compares `env`, `ord`, `dev` and `cus` with its own facts": [
      "its envelope: a header of another env",
      "its envelope: a header of another order",
      "its envelope: a header of another serial",
      "its envelope: its own one, whose header says escrow",
    ],
    "First the device checks, in constant time, that `cmt`": [
      "its envelope: a commitment to another content key",
    ],
    "An enrolment is permanent": ["answers the same key again", "refuses another key"],
    "above every counter that this node ever sent": [
      "unlocks again, with fresh nonce, counter and key",
      "rolled back: a counter that was used",
    ],
    "only if the broker holds a higher generation": [
      "keeps a new generation of its envelope, and names it",
    ],
    "The same bytes within 60 s get the same answer": ["gives the same bytes the same answer"],
    "a new unlock policy withholds it": {
      notChecked: "the broker's own tests change each guard between two copies of a message",
    },
    "Codes, in the order of the checks": { notChecked: "no case sends a message with two faults" },
    "names of people who have approved, 5 at most": { notChecked: "the kit asks for one approval" },
    "sends the same bytes until it gets another answer": ["sends the same bytes again"],
    "makes the waiting one void": ["a new request makes the waiting one void: ApprovalExpired"],
    "The grant is given once": ["gives the same bytes the same grant"],
    "A copy for an envelope that the node does not have": [
      "a receipt with a copy ${name}: DeviceMessageMalformed",
      "of an envelope that the node does not have",
    ],
    "another outcome is ReplayDetected": ["refuses another outcome: ReplayDetected"],
    "how long the volume stays open after the last answer": [
      "closes without an answer after its grace period, and says so",
    ],
    "the outage grace period ends only with the boot": {
      notChecked: "the kit does not boot the machine",
    },
    "closes its volume only for this message or at the end of its grace period": [
      "closes when the broker orders it, and says so",
      "answers a drill, and stays open",
    ],
    "until there is news of the lease, at most 20 s": {
      notChecked: "the kit does not time a watch",
    },
    "The node asks again at once": ["watches it"],
    "is held for a third of `ttlSeconds` at most": [
      "renews by a watch that asks for it, and says how long it held it",
    ],
    "never later than the answer's arrival": {
      notChecked: "the kit does not time a node's lease by the watch",
    },
    "which is missing if it never reported": { notChecked: "the kit's orders have one node each" },
    "decides nothing by it": { notChecked: "what a node shows is not an outcome" },
    "Neither closes anything": { notChecked: "the kit's broker never says LeaseInvalid" },
    "The request is refused for every reason that would close the lease": [
      "while it is revoked, a rekeying: UnlockRevoked",
    ],
    "The broker gives the same proposal until it is confirmed": [
      "gives the same proposal until it is confirmed",
    ],
    "a copy that is not for the proposal is DeviceMessageMalformed": [
      "a confirmation with a copy ${name}: DeviceMessageMalformed",
    ],
    "A node in split custody refuses a proposal or an answer of escrow": [
      "is not rekeyed to escrow",
      "is not rekeyed for a proposal that names ${name}",
    ],
    "The node sends it when the volume accepts the proposed key": [
      "finishes an interrupted rekeying",
    ],
    "Every node refuses a proposal that has the `env` in force": [
      "is not rekeyed to an envelope with the `env` in force",
    ],
    "The node destroys nothing before it has this answer": [
      "destroys nothing for a permit that a stranger signed",
      "destroys nothing when it is refused: ErasureForbidden",
    ],
    "It is the node's last message": ["opens nothing again"],
    "The same bytes get the same answer at any time": [
      "countersigns the certificate, and the same bytes again",
      "another certificate: NodeErased",
    ],
    "and then once a day": { notChecked: "the kit does not wait for a day" },
    "The answer counts only if a pinned key signed it": [
      "unlocks by no grant of another key",
      "pins the successor that a pinned key names",
    ],
    "a retired key is no longer among them": ["unlocks by no grant of the key that retired"],
    "asks again at once after the keys have changed": [
      "pins the keys that follow, and no longer the one that retired",
    ],
    "`fork` for a row that differs": ["a fork: JournalBroken", "a gap: JournalBroken"],
    "`hpke` with `X25519` only": ["the larger suite"],
    "32 random bytes: used up once": ["the id of another challenge"],
    "60 s to 7 days": ["a key that is kept for too long"],
    "in at most one QR code": ["makes a challenge of its node, for the suite that fits a QR code"],
    "The same challenge gets the same grant for 15 minutes": [
      "gives the same challenge the same answer",
      "a challenge that was carried long ago: ReplayDetected",
    ],
    "OfflineUnlockForbidden means": {
      notChecked: "no act changes the policy or uses up a day's challenges",
    },
    "`refused` is final until a person acts": ["refuses for a denial that the broker signed"],
    "The HTTP status is the code's": ["has the status"],
    "no device trusts them": ["an error of a gateway that looks like the service's"],
  };
