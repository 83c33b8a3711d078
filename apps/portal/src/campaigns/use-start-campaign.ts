import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { startCampaign } from "../api/campaigns.ts";
import { type CampaignForm, decideCampaign } from "../core/campaign-form.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useAction } from "../toasts/use-action.tsx";

/** The form of a campaign. It starts the dry run, once, and goes to its page. */
export function useStartCampaign(initial: CampaignForm) {
  const { client } = useSignedIn();
  const navigate = useNavigate();
  const [first] = useState(initial);
  const [form, setForm] = useState(first);
  const decided = decideCampaign(form, true);
  const start = useAction("startCampaign", {
    mutationFn: (wanted: Extract<typeof decided, { ok: true }>) =>
      startCampaign(client, wanted.request),
    onSuccess: ({ id }) =>
      navigate({ to: "/operator/campaigns/$campaignId", params: { campaignId: id } }),
  });
  const isUnsent = !start.isPending && !start.isSuccess;
  return {
    form,
    set: (change: Partial<CampaignForm>) => {
      setForm({ ...form, ...change });
      // A reset of a start that runs, or of one that succeeded, would permit a second one.
      if (start.isError) start.reset();
    },
    decided,
    start,
    /** Leaving the form loses its content. */
    isDirty: form !== first && isUnsent,
    begin: () => {
      if (decided.ok && isUnsent) start.mutate(decided);
    },
  };
}
