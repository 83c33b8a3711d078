import type { ReactElement } from "react";

import type { CampaignForm } from "../core/campaign-form.ts";
import { Radios } from "../shell/radios.tsx";
import { TextField } from "../shell/text-field.tsx";
import { useTexts } from "../texts/texts.ts";

const IDENTITIES = ["keep", "system", "user"] as const;

/** The orders' new key; an empty field keeps each order's own value. */
export function MoveFields({
  form,
  onChange,
}: {
  readonly form: CampaignForm;
  readonly onChange: (change: Partial<CampaignForm>) => void;
}): ReactElement {
  const texts = useTexts();
  const words = texts.operator.campaigns;
  const named = [
    ["kekUrl", words.toKey],
    ["vaultId", words.toVault],
  ] as const;
  return (
    <>
      {named.map(([name, label]) => (
        <TextField
          key={name}
          label={label}
          hint={words.emptyStays}
          value={form[name]}
          onChange={(value) => onChange({ [name]: value })}
        />
      ))}
      <Radios
        label={words.toIdentity}
        values={IDENTITIES}
        names={words.identities}
        value={form.identity}
        onChange={(identity) => onChange({ identity })}
      />
      {form.identity === "user" && (
        <TextField
          label={words.identityId}
          isRequired
          value={form.identityId}
          onChange={(identityId) => onChange({ identityId })}
        />
      )}
    </>
  );
}
