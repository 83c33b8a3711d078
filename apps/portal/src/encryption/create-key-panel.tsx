import { isIdentifier } from "@databox-cmk/protocol";
import { Notice } from "@databox-cmk/ui";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { createKey, writeRotation } from "../api/vault-keys.ts";
import { failureOf } from "../core/is-same.ts";
import { decideValidity } from "../core/key-validity.ts";
import {
  ROTATION_PERIODS,
  type RotationPeriod,
  RSA_SIZES_BITS,
  USUAL_RSA_SIZE_BITS,
} from "../core/new-resources.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { Choice, TextField } from "../shell/fields.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { useIsKeyNameTaken } from "./use-azure.ts";

const NEVER = "never";

type Made = { readonly name: string; readonly version: string };

/**
 * Makes an RSA key, or a new version of one.
 *
 * @param keyName - of the key that gets a version; without it the person names a new key.
 */
export function CreateKeyPanel({
  vaultUri,
  keyName,
  onCreated,
  onBack,
  onClose,
}: {
  readonly vaultUri: string;
  readonly keyName?: string;
  readonly onCreated: (key: string, version: string) => void;
  readonly onBack: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const [name, setName] = useState(keyName ?? "");
  const [sizeBits, setSizeBits] = useState<number>(USUAL_RSA_SIZE_BITS);
  const [activation, setActivation] = useState("");
  const [expiration, setExpiration] = useState("");
  const validity = decideValidity(activation, expiration, new Date());
  const isTakenName = useIsKeyNameTaken(vaultUri, name);
  const isValid = isIdentifier("keyName", name);
  const [rotation, setRotation] = useState<RotationPeriod>();
  const rotate = useAction("setRotation", {
    mutationFn: ({ every, ...key }: Made & { readonly every: RotationPeriod }) =>
      writeRotation(client, vaultUri, key.name, every),
    onSuccess: (_nothing, key) => onCreated(key.name, key.version),
  });
  const proceed = (key: Made) => {
    if (rotation === undefined) onCreated(key.name, key.version);
    else rotate.mutate({ ...key, every: rotation });
  };
  const wanted = {
    name,
    sizeBits,
    is: keyName === undefined ? ("key" as const) : ("version" as const),
    notBefore: validity.notBefore,
    expiresAt: validity.expiresAt,
  };
  const create = useAction(keyName === undefined ? "createKey" : "createVersion", {
    mutationFn: async (key: typeof wanted) => ({
      name: key.name,
      version: (await createKey(client, vaultUri, key)).version,
    }),
    // The key is one of the vault's even without its rotation policy.
    onSuccess: async (key) => {
      await queryClient.invalidateQueries({ queryKey: ["vault", vaultUri] });
      proceed(key);
    },
  });
  /** The key, while only its rotation policy is missing. */
  const made = create.data;
  const rotationFailure = failureOf(rotate, made && rotation && { ...made, every: rotation });
  const isBusy = create.isPending || rotate.isPending;
  const isTaken = isTakenName && keyName === undefined && made === undefined && !isBusy;
  const words = texts.encryption;
  const confirmMade = rotation === undefined ? words.useKey : words.setRotation;
  const confirm = made === undefined ? words.create : confirmMade;
  return (
    <SidePanel
      title={
        keyName === undefined
          ? texts.encryption.createKeyTitle
          : texts.encryption.createVersionTitle
      }
      isDirty={
        (keyName === undefined && name !== "") ||
        activation !== "" ||
        expiration !== "" ||
        rotation !== undefined
      }
      isSaving={isBusy}
      onBack={onBack}
      onClose={onClose}
      confirm={{
        label: isBusy ? words.creating : confirm,
        isReady: isValid && !isTaken && validity.isPossible,
        onConfirm: () => {
          if (made === undefined) create.mutate(wanted);
          else proceed(made);
        },
      }}
      footer={null}
    >
      {made === undefined && (
        <>
          <TextField
            label={texts.orders.name}
            problem={
              isTaken
                ? texts.encryption.keyNameTaken
                : name !== "" && !isValid
                  ? texts.encryption.keyNameRule
                  : undefined
            }
            isRequired
            disabled={keyName !== undefined}
            value={name}
            onChange={setName}
          />
          <Choice
            label={texts.encryption.rsaSize}
            value={String(sizeBits)}
            options={RSA_SIZES_BITS.map((bits) => ({ value: String(bits), name: `RSA ${bits}` }))}
            onChange={(bits) => setSizeBits(Number(bits))}
          />
          <TextField
            type="datetime-local"
            label={texts.encryption.activation}
            hint={texts.encryption.activationHint}
            value={activation}
            onChange={setActivation}
          />
          <TextField
            type="datetime-local"
            label={texts.encryption.expiration}
            hint={texts.encryption.expirationHint}
            problem={validity.isPossible ? undefined : texts.encryption.expirationRule}
            value={expiration}
            onChange={setExpiration}
          />
        </>
      )}
      {keyName === undefined && (
        <Choice
          label={words.rotation}
          value={rotation ?? NEVER}
          options={[
            { value: NEVER, name: words.noRotation },
            ...ROTATION_PERIODS.map((each) => ({ value: each, name: words.rotations[each] })),
          ]}
          onChange={(chosen) => setRotation(ROTATION_PERIODS.find((each) => each === chosen))}
        />
      )}
      {validity.isLater && <Notice intent="warning">{texts.encryption.activationLater}</Notice>}
      {keyName !== undefined && <Notice intent="info">{texts.encryption.oldVersionStays}</Notice>}
      {rotationFailure !== null && <Notice intent="warning">{words.madeWithoutRotation}</Notice>}
      <QueryProblem error={failureOf(create, wanted)} />
      <QueryProblem error={rotationFailure} />
    </SidePanel>
  );
}
