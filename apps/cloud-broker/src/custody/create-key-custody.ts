import { randomUUID } from "node:crypto";

import { putBackupKey, removeBackupKey } from "./change-backup-keys.ts";
import { changeKey, validateChoice } from "./change-key.ts";
import { commitRekey } from "./commit-rekey.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import { destroyWrappings } from "./destroy-wrappings.ts";
import { generateEnvelopes } from "./generate-envelopes.ts";
import { loadHeldEnvelope, nodeEnvelopeOf } from "./held-envelope.ts";
import type { KeyCustody } from "./key-custody.ts";
import { createKeyReader } from "./key-reader.ts";
import { readNewestVersion } from "./newest-version.ts";
import { sealOwnPasskey } from "./own-passkey.ts";
import { probeBackupKey, probeKey } from "./probe-key.ts";
import { proposeRekey } from "./propose-rekey.ts";
import { rehearseChange } from "./rehearse-change.ts";
import { notGenerated, releaseContentKey } from "./release-content-key.ts";
import { revealPasskeys } from "./reveal-passkeys.ts";

export function createKeyCustody(dependencies: CustodyDependencies): KeyCustody {
  const deps = { ...dependencies, reader: createKeyReader(dependencies) };
  return {
    validate: (subject, candidate) => validateChoice(deps, subject, candidate),
    change: (subject, choice, actor, alsoCommit, correlationId = randomUUID()) =>
      changeKey(deps, { subject, choice, actor, correlationId, alsoCommit }),
    rehearse: (subject, choice) => rehearseChange(deps, subject, choice),
    newestVersion: (order) => readNewestVersion(deps, order),
    sealOwnPasskey: (subject, choice, passkey) => sealOwnPasskey(deps, subject, choice, passkey),
    generate: (order, serials, alsoCommit) => generateEnvelopes(deps, order, serials, alsoCommit),
    async hold(order, serial) {
      const held = await loadHeldEnvelope(deps.store, order, serial);
      if (held === undefined) return notGenerated;
      const envelope = nodeEnvelopeOf(held);
      return {
        ok: true,
        value: { envelope, release: (use) => releaseContentKey(deps, held, use) },
      };
    },
    probe: (order, kid) => probeKey(deps, order, kid),
    probeBackup: (order, kid) => probeBackupKey(deps, order, kid),
    putBackup: (subject, name, chosen, context) =>
      putBackupKey(deps, subject, name, chosen, context),
    removeBackup: (order, name, context) => removeBackupKey(deps, order, name, context),
    proposeRekey: (order, serial, use) => proposeRekey(deps, order, serial, use),
    commitRekey: (order, serial, rekey, alsoCommit) =>
      commitRekey(deps, { order, serial, rekey, alsoCommit }),
    revealPasskeys: (order) => revealPasskeys(deps, order),
    destroy: (order, actor, alsoCommit, correlationId = randomUUID()) =>
      destroyWrappings(deps, { order, actor, alsoCommit, correlationId }),
  };
}
