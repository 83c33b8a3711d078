import { CAMPAIGN_CALLS, type CampaignRequest } from "@databox-cmk/protocol";
import { Notice } from "@databox-cmk/ui";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { type CampaignForm, decideCampaign } from "../../core/campaign-form.ts";
import { useSignedIn } from "../../queries/session-context.ts";
import { Radios, TextField } from "../../shell/fields.tsx";
import { useTexts } from "../../texts/texts.ts";
import { useAction } from "../../toasts/use-action.tsx";

/** The form of a campaign. It starts the dry run, once, and goes to its page. */
export function useStartCampaign(initial: CampaignForm) {
  const { client } = useSignedIn();
  const navigate = useNavigate();
  const [first] = useState(initial);
  const [form, setForm] = useState(first);
  const decided = decideCampaign(form, true);
  const start = useAction("startDryRun", {
    mutationFn: (body: CampaignRequest) => client.call(CAMPAIGN_CALLS.start, { params: {}, body }),
    onDone: ({ id }) =>
      navigate({
        to: "/operator/campaigns/$campaignId",
        params: { campaignId: id },
        ignoreBlocker: true,
      }),
  });
  return {
    form,
    set: (change: Partial<CampaignForm>) => setForm({ ...form, ...change }),
    decided,
    /** `undefined` once it has started: the form stays until its page is shown. */
    request: decided.ok && !start.isSuccess ? decided.request : undefined,
    start,
    /** Leaving the form loses its content. */
    isDirty: form !== first && !start.isSuccess,
  };
}

/** Whether the form's campaign can start. */
export function CampaignVerdict({
  decided,
}: {
  readonly decided: ReturnType<typeof decideCampaign>;
}): ReactElement {
  const words = useTexts().operator.campaigns;
  return (
    <Notice intent={decided.ok ? "info" : "warning"}>
      {decided.ok ? words.dryFirst : words.missing[decided.problem]}
    </Notice>
  );
}

const IDENTITIES = ["keep", "system", "user"] as const;

/** The orders' new key; an empty field keeps each order's own value. */
export function MoveFields({
  form,
  onChange,
}: {
  readonly form: CampaignForm;
  readonly onChange: (change: Partial<CampaignForm>) => void;
}): ReactElement {
  const words = useTexts().operator.campaigns;
  const { tenancy } = useSignedIn().session;
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
        hint={tenancy === "home" ? words.systemHint : undefined}
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
