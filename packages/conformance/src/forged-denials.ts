import { generateSigningKey, messageHash, type SigningKey, signMessage } from "@databox-cmk/crypto";
import { type Denial, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { FakeBroker } from "@databox-cmk/testkit";

type Forge = (forgery: {
  readonly broker: FakeBroker;
  readonly request: string;
}) => Promise<string>;

/** The code of each refusal, forged or not. */
export const REFUSAL_CODE = "SsemUserErrorEncryptionKeyDisabled";

const stranger = generateSigningKey().key;

/** Denials that the broker did not sign for this request. No device may take one for a refusal. */
export const FORGED_DENIALS = {
  "signed by a stranger": ({ request }) => signDenial(stranger, messageHash(request)),
  "signed for another request": ({ broker }) =>
    signDenial(broker.signingKey, messageHash("another")),
  "signed as another kind of message": ({ broker, request }) =>
    signDenial(broker.signingKey, messageHash(request), MESSAGE_TYPES.pending),
  "without the members it must have": ({ broker, request }) =>
    signMessage(broker.signingKey, MESSAGE_TYPES.denial, { requestHash: messageHash(request) }),
} as const satisfies Record<string, Forge>;

/** A denial of the request with this hash, as the broker would write it. */
export function signDenial(
  key: SigningKey,
  requestHash: string,
  typ: string = MESSAGE_TYPES.denial,
): Promise<string> {
  return signMessage(key, typ, denialOf(requestHash));
}

/** The members of a denial. */
export const denialOf = (requestHash: string): Denial => ({
  requestHash,
  code: REFUSAL_CODE,
  class: "refused",
  who: "nobody",
  title: "t",
  message: "m",
  ask: "a",
  steps: [],
  correlationId: "00000000-0000-4000-8000-000000000000",
});
