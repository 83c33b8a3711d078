import { Field, Radio, RadioGroup } from "@fluentui/react-components";
import type { ReactElement } from "react";

import type { CampaignForm } from "../core/campaign-form.ts";
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
          onChange={(value) => {
            onChange({ [name]: value });
          }}
        />
      ))}
      <Field label={words.toIdentity}>
        <RadioGroup
          value={form.identity}
          onChange={(_event, { value }) => {
            onChange({ identity: IDENTITIES.find((each) => each === value) ?? "keep" });
          }}
        >
          {IDENTITIES.map((each) => (
            <Radio key={each} value={each} label={words.identities[each]} />
          ))}
        </RadioGroup>
      </Field>
      {form.identity === "user" && (
        <TextField
          label={words.identityId}
          isRequired
          value={form.identityId}
          onChange={(identityId) => {
            onChange({ identityId });
          }}
        />
      )}
    </>
  );
}
