import type { Evidence } from "./evidence.ts";

/** Mistakes of other systems and the tests that would find them here. */
export const KNOWN_MISTAKES: readonly Evidence[] = [
  {
    name: "A constant in place of a nonce",
    shownBy: {
      "packages/crypto/src/challenge-nonce.test.ts": [
        "ten thousand nonces for one serial and one moment are all different",
        "a nonce serves its own serial only",
      ],
    },
  },
  {
    name: "An active identity without proof",
    shownBy: {
      "apps/cloud-broker/test/device/enrolment.test.ts": ["with %s is refused and leaves its row"],
    },
  },
  {
    name: "A route without authentication",
    shownBy: {
      "apps/cloud-broker/test/serve/routes.test.ts": [
        "that is not public answers 401 to an unauthenticated caller before every other check",
        "that is public is known to be",
      ],
    },
  },
  {
    name: "A known device enrolled again with another key",
    shownBy: {
      "apps/cloud-broker/test/device/enrolment.test.ts": [
        "by another key is a conflict, and the first key stays",
      ],
      "apps/device-agent/test/prepare.test.ts": [
        "a node that is enrolled with another key is not taken over",
      ],
    },
  },
  {
    name: "Replay of a delivered answer",
    shownBy: {
      "packages/crypto/src/sealing/sealing.test.ts": [
        "a sealed message opens once",
        "the answer to another request does not open, and does not use the key up",
      ],
    },
  },
  {
    name: "One token redeemed twice",
    shownBy: {
      "apps/cloud-broker/test/device/enrolment.test.ts": [
        "of one code by many keys at once admits one of them",
      ],
      "apps/cloud-broker/test/device/unlock-quotas.test.ts": [
        "of two hundred at once, only as many pass as one replica would let pass",
      ],
    },
  },
  {
    name: "TLS state instead of authorisation",
    shownBy: {
      "apps/device-agent/test/tampered-answers.test.ts": [
        "a refusal that the broker did not sign for this request is not a refusal",
      ],
    },
  },
  {
    name: "A renewal by another credential",
    shownBy: {
      "apps/cloud-broker/test/leases/leases.test.ts": [
        "with a stale sequence, of another boot or with an old counter is invalid, and refuses nothing",
      ],
    },
  },
  {
    name: "A failure that heals itself",
    shownBy: {
      "apps/cloud-broker/src/core/decide-renewal.test.ts": [
        "never renews a refused lease, with any sequence and counter",
      ],
    },
  },
  {
    name: "A second valid signature of one message",
    shownBy: {
      "packages/crypto/src/message/signed-message.test.ts": [
        "one changed character anywhere makes the message fail",
      ],
      "apps/cloud-broker/test/device/replays.test.ts": [
        "is worth one grant to many copies of one message, which all get the same bytes",
      ],
    },
  },
  {
    name: "Verified bytes that differ from parsed bytes",
    shownBy: {
      "packages/crypto/src/strict-json.test.ts": [
        "any member written twice is refused, at any depth",
      ],
      "packages/crypto/src/message/signed-message.test.ts": [
        "a signed message verifies to the same payload",
      ],
    },
  },
  {
    name: "Everything allowed by default",
    shownBy: {
      "apps/cloud-broker/src/core/decide-unlock.test.ts": [
        "is allowed in the stages that name it, and denied in all others",
      ],
    },
  },
  {
    name: "An unauthenticated LUKS2 header",
    shownBy: {
      "apps/device-agent/test/luks2.test.ts": [
        "whose header was made to name no cipher is not given its key, though cryptsetup would take it",
      ],
    },
  },
  {
    name: "Decompression bombs and half-made state",
    shownBy: {
      "apps/cloud-broker/test/serve/routes.test.ts": ["that takes a body caps it"],
      "packages/crypto/src/envelope/envelope.test.ts": ["$kind: $name"],
    },
  },
  {
    name: "Invalid curves and points of low order",
    shownBy: {
      "apps/cloud-broker/test/device/replays.test.ts": [
        "a sealing key of low order is malformed, and the content key goes nowhere",
      ],
    },
  },
  {
    name: "Algorithm confusion",
    shownBy: {
      "packages/crypto/src/message/signed-message.test.ts": ["the table holds every kind"],
      "apps/cloud-broker/src/callers/verify-token.test.ts": ["header %j"],
    },
  },
  {
    name: "A dropped expiry check",
    shownBy: {
      "apps/cloud-broker/src/callers/verify-token.test.ts": [
        "a token that was good is refused once it has expired",
        "without an end",
      ],
    },
  },
  {
    name: "Short tags and signatures of another length",
    shownBy: {
      "packages/crypto/src/message/ecdsa-signature.test.ts": [
        "any other 64 bytes are refused as node:crypto refuses them",
      ],
      "packages/crypto/src/envelope/envelope.test.ts": [
        "one flipped bit in any part makes the envelope unreadable",
      ],
    },
  },
  {
    name: "One message taken for another",
    shownBy: {
      "apps/cloud-broker/test/device/refusals.test.ts": [
        "%s at %s is malformed there",
        "an answer of the broker sent back to it is not a request",
      ],
    },
  },
  {
    name: "X.509 parsing in JavaScript",
    shownBy: { "deploy/test/source-rules.test.ts": ["node-forge is used in one file"] },
  },
  {
    name: "A nonce reused by concurrent sealing",
    shownBy: {
      "packages/crypto/src/sealing/sealing.test.ts": [
        "a hundred seals at once share no encapsulation and no ciphertext",
        "two calls at once do not both open",
      ],
    },
  },
  {
    name: "One ciphertext with two plaintexts",
    shownBy: {
      "packages/crypto/src/envelope/envelope.test.ts": ["two CEKs never both open one envelope"],
    },
  },
  {
    name: "Padding oracles, SHA-1 and local wrapping",
    shownBy: {
      "deploy/test/source-rules.test.ts": ["no weaker wrapping than RSA-OAEP-256 is named"],
      "packages/crypto/src/envelope/envelope.test.ts": ["all decryption failures read the same"],
    },
  },
  {
    name: "Timing side channels",
    shownBy: {
      "packages/crypto/src/base64url.test.ts": ["constant-time comparison: %s"],
      "apps/cloud-broker/test/device/refusals.test.ts": [
        "an unknown device and a wrong signature get the same words",
      ],
    },
  },
  {
    name: "A token for a host that the vault's answer names",
    shownBy: {
      "deploy/test/source-rules.test.ts": ["nothing turns off a check of the Azure SDK"],
      "apps/cloud-broker/src/core/key-url.test.ts": [
        "every accepted URL has a host below the list, as a browser would read it too",
      ],
    },
  },
  {
    name: "SSRF",
    shownBy: {
      "apps/cloud-broker/test/portal/proxies.test.ts": ["the host %s is never dialled as a vault"],
    },
  },
  {
    name: "Confused deputy",
    shownBy: {
      "e2e/foreign-messages.test.ts": [
        "a malformed or forged message is refused by its own code, reaches no vault, and is audited",
      ],
    },
  },
  {
    name: "Developer credentials in production",
    shownBy: { "deploy/test/source-rules.test.ts": ["no credential is searched by chance"] },
  },
  {
    name: "A removed permission noticed late",
    shownBy: {
      "e2e/relock.test.ts": [
        "is closed when the vault refuses its key, says why, and proves it by a receipt",
      ],
    },
  },
  {
    name: "An expired key that still unwraps",
    shownBy: {
      "apps/cloud-broker/test/custody/custody.test.ts": [
        "expired, although Key Vault would unwrap",
      ],
    },
  },
  {
    name: "One slow connection",
    shownBy: {
      "apps/cloud-broker/test/server/transport-faults.test.ts": [
        "stays free when it is sent rubbish: %s",
      ],
    },
  },
  {
    name: "A crafted input that occupies the processor",
    shownBy: {
      "e2e/fault-matrix/fuzz.test.ts": [
        "for any garbage from the cloud, the broker answers, refuses no appliance, and leaves the order unchanged",
      ],
      "apps/cloud-broker/test/server/transport-faults.test.ts": [
        "the server answers in ARM's shape to",
      ],
    },
  },
  {
    name: "A 429 taken for a refusal",
    shownBy: {
      "apps/cloud-broker/test/campaigns/campaigns.test.ts": [
        "when the vault answers again: an outage fails no order",
      ],
    },
  },
  {
    name: "A key deleted while still needed",
    shownBy: {
      "e2e/rotation.test.ts": [
        "a new version of a followed key is put in force automatically, and the old one may be disabled while the appliance still holds its envelope",
      ],
    },
  },
  {
    name: "Health checks that call the vault",
    shownBy: {
      "apps/cloud-broker/test/serve/routes.test.ts": [
        "is live and ready, and says that no vault has answered yet",
      ],
    },
  },
  {
    name: "A kill switch that fails open",
    shownBy: {
      "apps/cloud-broker/test/replicas/races.test.ts": [
        "leave no lease alive behind a kill switch that is thrown while many unlock",
      ],
      "apps/cloud-broker/test/approvals/at-once.test.ts": [
        "polls of an approved request: one is granted, the others are replays",
      ],
    },
  },
  {
    name: "Paths and names that are not normalised",
    shownBy: {
      "apps/cloud-broker/test/server/transport-faults.test.ts": [
        "matches paths without regard to case and decodes their names",
      ],
    },
  },
  {
    name: "Forged log lines",
    shownBy: {
      "apps/cloud-broker/src/observability/log.test.ts": [
        "text from an unauthenticated caller is marked, cut, and cannot forge a line",
      ],
    },
  },
  {
    name: "Secrets in logs",
    shownBy: {
      "apps/cloud-broker/src/observability/log.test.ts": [
        "a log line holds only listed fields, for any input",
      ],
      "e2e/canary/secret-canary.test.ts": ["the log was written, and holds none"],
    },
  },
  {
    name: "Gaps in audit rows",
    shownBy: {
      "apps/cloud-broker/test/audit-verify.test.ts": [
        "cut off at its end has another length and head than was noted before",
      ],
    },
  },
  {
    name: "Files that others can read",
    shownBy: {
      "apps/cloud-broker/src/keys/secret-file.test.ts": [
        "of mode %o is refused, for its secret is known",
        "behind a symbolic link is refused",
      ],
      "apps/device-agent/test/prepare.test.ts": ["all that is stored is for its owner alone"],
    },
  },
  {
    name: "The supply chain",
    shownBy: {
      "deploy/test/source-rules.test.ts": [
        "scripts of dependencies do not run, but those that are named",
      ],
      "deploy/test/licences.test.ts": ["no licence is shipped that is not on the list"],
      "e2e/image/image.test.ts": [
        "has the same digest when it is made again, in another time zone and with another umask",
        "lists each part of it, and has the text of each licence",
        "is refused with another key",
        "is refused when the signature is for another image",
      ],
      "tools/decide-audit.test.ts": [
        "an advisory that was not accepted fails, and is named",
        "an acceptance until 2026-11-27 on %s: it fails is %s",
      ],
    },
  },
];
