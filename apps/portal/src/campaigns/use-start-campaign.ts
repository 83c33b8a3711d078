import { CAMPAIGN_CALLS, type CampaignRequest } from "@databox-cmk/protocol";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

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
