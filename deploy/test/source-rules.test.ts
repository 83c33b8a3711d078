import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** All shipped files: no tests, and no parts that only tests use. */
const SHIPPED = [
  "apps/cloud-broker",
  "apps/device-agent",
  "apps/portal",
  "packages/crypto",
  "packages/protocol",
  "packages/errors",
  "packages/http",
  "packages/ui",
];
const sources = SHIPPED.flatMap((folder) =>
  readdirSync(join(root, folder, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    .map((path) => join(folder, "src", path)),
).map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

const filesWith = (pattern: RegExp): string[] =>
  sources
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path)
    .toSorted();

test("the sources are found, so that silence means something", () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(filesWith(/from "node:crypto"/).length).toBeGreaterThan(20);
});

// Evidence: X.509 parsing in JavaScript.
test("node-forge is used in one file", () => {
  expect(filesWith(/["']node-forge/)).toEqual(["packages/crypto/src/x509.ts"]);
});

// Evidence: Padding oracles, SHA-1 and local wrapping.
test("no weaker wrapping than RSA-OAEP-256 is named", () => {
  // WebCrypto names the hash beside the algorithm.
  expect(filesWith(/["'](?:RSA1_5|RSA-OAEP)["'](?!,\s+hash: "SHA-256")/)).toEqual([]);
});

test("nothing calls out of the serving broker but by the helper that bounds its answers", () => {
  const callers = filesWith(
    /createDefaultHttpClient|from "undici"|\brequest\b[^;]*from "node:https?"|globalThis\.fetch/,
  ).filter((path) => path.startsWith("apps/cloud-broker/"));
  // The rest are commands that a person runs.
  expect(callers.filter((path) => !path.startsWith("apps/cloud-broker/src/run/"))).toEqual([
    "apps/cloud-broker/src/http/call-within.ts",
  ]);
});

const broker = "apps/cloud-broker/src/";
/** Those of the broker that are neither the store's nor the audit log's own. */
const decidingFilesWith = (pattern: RegExp): string[] =>
  filesWith(pattern)
    .filter((path) => path.startsWith(broker))
    .map((path) => path.slice(broker.length))
    .filter((path) => !path.startsWith("store/") && !path.startsWith("audit/"));

test("a decision is committed by `record`, which cannot forget its row of the audit log", () => {
  expect(decidingFilesWith(/\.transaction\(\)|runLocking\(/)).toEqual(
    [
      // Take a change that `recorded` made, and open its transaction.
      "custody/change-key.ts",
      "custody/commit-rekey.ts",
      "custody/generate-envelopes.ts",
      "key-life/campaigns/run-step.ts",
      "orders/update-order.ts",
      "release/approvals/end-approval.ts",
      "release/kill-switches/switch-unlocking.ts",
      // Appends a row where its fact is new.
      "key-life/health/record-health.ts",
      // No decision: claims, counts, sessions, observations, deliveries, and proposals, which have
      // no effect before the row of their confirmation.
      "api/portal/notices/choice-routes.ts",
      "api/portal/sessions.ts",
      "custody/primary-standings.ts",
      "custody/propose-rekey.ts",
      "orders/long-running-operations.ts",
      "orders/realise-identities.ts",
      "release/leases/probe-keys.ts",
      "release/limits/unlock-quota.ts",
      "run/move-store/import-store.ts",
    ].toSorted(),
  );
});

test("a grant is a way out with its row in core/ways-out.ts, or opens no volume", () => {
  expect(decidingFilesWith(/outcome: "granted"(?! \|)/)).toEqual(
    [
      // Each calls `withheldFrom`, or decides by a live lease.
      "release/passkey/export-envelopes.ts",
      "release/passkey/reveal-credentials.ts",
      "release/rekey/propose-rekey.ts",
      "release/unlock/commit-grant.ts",
      // Nothing that opens a volume.
      "api/portal/sign-in-routes.ts",
      "orders/copy-data.ts",
      "release/approvals/break-glass.ts",
      "release/erasure/erase-node.ts",
    ].toSorted(),
  );
});

/** This rule sees files: it does not tell a second commit without a row in a file that has one. */
test("what a device's message decides is in the group commit with its row of the audit log", () => {
  const groupCommit =
    /(?<!function )\bcommit\((?!transaction\b|deps\b)|\bcommitUnlessWithdrawn\(|\bcompileTogether\(/;
  const appending = new Set(decidingFilesWith(/\bappend(?:Audit|Behind)\(/));
  const committing = decidingFilesWith(groupCommit);
  expect(committing.filter((path) => appending.has(path)).length).toBeGreaterThan(8);
  expect(committing.filter((path) => !appending.has(path))).toEqual(
    [
      // Hands it on to a campaign's changes of a key, which `recorded` makes.
      "create-broker.ts",
      // Use up what counts once, before the decision, which has a row of its own.
      "release/leases/watch.ts",
      "release/message/use-counter.ts",
      "release/offline/offline-channel.ts",
      "release/unlock/network-channel.ts",
      // Extends a lease by the current policy; only a refused renewal has a row.
      "release/leases/renewal.ts",
      // No decision: when an appliance last asked, which keys it knows.
      "release/approvals/admit-release.ts",
      "release/enrolment/broker-keys-exchange.ts",
    ].toSorted(),
  );
});

// Evidence: A token for a host that the vault's answer names.
test("nothing turns off a check of the Azure SDK", () => {
  expect(filesWith(/disableChallengeResourceVerification/)).toEqual([]);
});

// Evidence: Developer credentials in production.
test("no credential is searched by chance", () => {
  expect(filesWith(/new (?:DefaultAzure|ChainedToken|AzureCli|Environment)Credential\(/)).toEqual(
    [],
  );
});

test("certificates are verified, but where a wrong clock is to be named", () => {
  expect(filesWith(/rejectUnauthorized: false/)).toEqual([
    "apps/cloud-broker/src/azure/ask-for-date.ts",
  ]);
});

/**
 * An event loop serves thousands of devices, or renews a lease that keeps a volume open: what takes
 * more than a millisecond of a free core has its asynchronous form, which computes in another
 * thread. Key pairs and signatures of EC (0.02 ms), HKDF (0.01 ms), and the public operations of
 * RSA (0.1 ms at 4,096 bits) cost less than the way to a thread.
 */
test("no slow cryptography is synchronous", () => {
  const slow =
    /\b(?:pbkdf2|scrypt|argon2|generatePrime|checkPrime)Sync\b|\bprivate(?:De|En)crypt\b|DiffieHellman\(|\bcreateSign\b|\bgenerateKeyPairSync\(\s*"(?:rsa|dsa|dh)/;
  expect(filesWith(slow)).toEqual([]);
  // The first with a callback, for RSA; the others take EC keys alone.
  expect(filesWith(/import \{[^}]*\bsign\b[^}]*\} from "node:crypto"/)).toEqual([
    "apps/cloud-broker/src/keys/issuer/file-issuer-keys.ts",
    "packages/crypto/src/message/signing-key.ts",
    "packages/crypto/src/x509.ts",
  ]);
  expect(filesWith(/\bimportPkcs12\(/)).toEqual([
    "apps/device-agent/src/local-ui/certificates/pkcs12-thread.ts",
    "packages/crypto/src/x509.ts",
  ]);
});

test("no program is started by a shell", () => {
  expect(filesWith(/shell: true|\bexecSync\(|[^.]\bexec\(/)).toEqual([]);
});

// Evidence: The supply chain.
test("scripts of dependencies do not run, but those that are named", () => {
  const workspace = z
    .object({ allowBuilds: z.record(z.string(), z.boolean()), minimumReleaseAge: z.number() })
    .parse(parse(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")));
  const allowed = Object.entries(workspace.allowBuilds).flatMap(([name, may]) => (may ? name : []));
  expect(allowed.toSorted()).toEqual(["better-sqlite3", "esbuild", "node"]);
  expect(workspace.minimumReleaseAge).toBeGreaterThanOrEqual(1440);
});

/**
 * Sizes of caches, of batches and of calls to other services, which no caller meets, and those that
 * apps/cloud-broker/test/limits/write-limits.ts has in rows of their own.
 */
const INNER_LIMITS: readonly string[] = [
  "api/portal/cookies.ts ATTEMPTS_MAX",
  "api/portal/identity-provider.ts MAX_TENANTS",
  "api/portal/identity-provider.ts METADATA_MAX_AGE_MS",
  "api/portal/open-portal.ts AZURE_ANSWER_MAX_BYTES",
  "api/portal/sessions.ts SESSIONS_MAX_PER_PERSON",
  "api/portal/sign-in-routes.ts STATE_MAX_CHARACTERS",
  "api/portal/sign-in-routes.ts TENANT_MAX_CHARACTERS",
  "audit/match-vault-log.ts CALLS_MAX",
  "audit/unauthenticated-rows.ts NETWORKS_MAX",
  "audit/unauthenticated-rows.ts COUNTED_MAX",
  "audit/vault-uses.ts DAYS_AT_ONCE",
  "azure/credentials.ts MAX_TOKEN_AGE_MS",
  "azure/fetch-by-agent.ts MAX_BYTES",
  "azure/key-vaults.ts MAX_MODULUS_BYTES",
  "azure/resource-reader.ts MAX_AGE_MS",
  "azure/resource-reader.ts MAX_REMEMBERED",
  "azure/transport.ts MAX_SOCKETS_PER_HOST",
  "azure/transport.ts ANSWER_MAX_BYTES",
  "azure/transport.ts LIST_MAX_BYTES",
  "azure/vault-budget.ts MAX_DEBT_MS",
  "azure/vault-budget.ts MAX_VAULTS",
  "azure/vault-calls.ts MAX_VAULTS",
  "azure/vault-clients.ts MAX_CLIENTS",
  "azure/vault-clients.ts MAX_CHALLENGES",
  "azure/vault-issuer-keys.ts VERSIONS_MAX",
  "callers/held-roles.ts MAX_AGE_MS",
  "callers/held-roles.ts NONE_MAX_AGE_MS",
  "callers/held-roles.ts MAX_ENTRIES",
  "callers/tenants.ts MAX_KEPT",
  "callers/verify-token.ts MAX_TOKENS",
  "callers/verify-tenants.ts MAX_TENANTS",
  "callers/verify-token.ts KEYS_MAX_AGE_MS",
  "callers/verify-token.ts UNKNOWN_KIDS_MAX",
  "callers/verify-token.ts KID_MAX_CHARACTERS",
  "core/address-of.ts ADDRESS_MAX",
  "core/approval-counts.ts FORMER_MOST",
  "core/campaign-step.ts MAX_DELAY_MS",
  "core/classify-vault-answer.ts MAX_CHARACTERS",
  "core/fit-denial.ts CARRIED_DENIAL_MAX_BYTES",
  "core/fit-denial.ts SENTENCE_MAX_CHARACTERS",
  "core/portal/return-path.ts MAX_CHARACTERS",
  "core/render-notice.ts SLACK_HEADER_MAX",
  "core/render-notice.ts SLACK_FIELDS_MAX",
  "core/render-notice.ts SLACK_FIELD_MAX",
  "core/vault-capacity.ts PROBES_AT_ONCE",
  "core/vault-capacity.ts PROBE_STRETCH_MAX",
  "events/deliver-events.ts BATCH_MAX",
  "events/post-event.ts MAX_SOCKETS_PER_HOST",
  "events/send-mail.ts CONNECTIONS_MAX",
  "events/send-mail.ts ANSWER_MAX_BYTES",
  "http/read-proxy-headers.ts REST_MAX_BYTES",
  "http/sender-of.ts HOPS_MAX",
  "key-life/campaigns/run-campaigns.ts PARTS_AT_ONCE",
  "key-life/campaigns/start-campaign.ts INSERTED_AT_ONCE",
  "key-life/health/claim-due-keys.ts BATCH_MAX",
  "key-life/rotation/poll-keys.ts ROUND_MAX",
  "keys/secret-file.ts MAX_BYTES",
  "load/admission.ts ENOUGH_INSIDE",
  "load/limits.ts CAMPAIGN_STEPS_AT_ONCE",
  "load/memory.ts CONNECTIONS_MOST",
  "load/starts.ts ENOUGH_BEGUN",
  "observability/log.ts VALUE_MAX_CHARACTERS",
  "observability/log.ts STACK_MAX_CHARACTERS",
  "observability/probe-loads.ts MISSED_LEASES_MAX",
  "release/approvals/end-approval.ts BATCH_MAX",
  "release/leases/probe-keys.ts READ_AT_ONCE",
  "release/message/denial.ts TEXT_MAX_CHARACTERS",
  "release/message/device-node.ts KEYS_MAX",
  "release/message/signed-answer.ts NAMES_MAX",
  "release/verdict/read-summaries.ts LOOKED_AT_MAX",
  "release/verdict/read-summaries.ts REPAIRS_LOOKED_AT_MAX",
  "release/verdict/read-verdicts.ts LOOK_UPS_MAX",
  "run/commands/restore-envelope-file.ts ENVELOPE_MAX_BYTES",
  "run/commands/rotate-key.ts NAMED_MAX",
  "run/doctor/probe-restores.ts NAMED_MAX",
  "run/restore/restores.ts AHEAD_MAX",
  "run/verifier/read-package.ts ACTIVITY_MAX_BYTES",
  "run/verifier/read-package.ts MAX_FILES",
  "store/batches.ts BATCH_MAX",
  "store/fast/sqlite-dialect.ts MAX_STATEMENTS",
  "store/group-commit.ts REWRAPS_MAX",
  "store/migrate.ts MOST_TRIES",
  "store/postgres/create-pool.ts MAX_STATEMENTS",
  "protocol/src/device/broker-keys.ts BUNDLE_MAX",
  "protocol/src/device/fields.ts BROKER_ANSWER_MAX_BYTES",
  "protocol/src/device/unlock.ts HPKE_PUBLIC_KEY_MAX_CHARACTERS",
  "protocol/src/device/unlock.ts HPKE_ENCAPSULATION_MAX_CHARACTERS",
];

test("each fixed limit has a row in docs/reference/limits.md, or is known as an inner one", () => {
  const rows = readFileSync(join(root, "apps/cloud-broker/test/limits/size-limits.ts"), "utf8");
  const listed = [...rows.matchAll(/^  "(.+\.ts \w+)":/gm)].map(([, limit = ""]) => limit);
  const LIMIT = /^(?:export )?const (\w*(?:MAX|MOST|LARGEST|ENOUGH|AT_ONCE)\w*) = [\d_ *]+;$/gm;
  const limits = sources
    .filter(({ path }) => /^(?:apps.cloud-broker|packages.protocol)/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(LIMIT)].map(
        ([, name = ""]) => `${path.replace(/^(?:apps\/cloud-broker\/src|packages)\//, "")} ${name}`,
      ),
    );
  expect(limits.toSorted()).toEqual([...listed, ...INNER_LIMITS].toSorted());
});
