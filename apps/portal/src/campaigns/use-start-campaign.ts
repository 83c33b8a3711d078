import { useNavigate } from "@tanstack/react-router";

import { startCampaign } from "../api/campaigns.ts";
import { type CampaignForm, decideCampaign } from "../core/campaign-form.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useAction } from "../toasts/use-action.tsx";

/** Starts the dry run of a form's campaign, and goes to its page. */
export function useStartCampaign(form: CampaignForm) {
  const { client } = useSignedIn();
  const navigate = useNavigate();
  const decided = decideCampaign(form, true);
  const start = useAction("startCampaign", {
    mutationFn: (wanted: Extract<typeof decided, { ok: true }>) =>
      startCampaign(client, wanted.request),
    onSuccess: ({ id }) =>
      navigate({ to: "/operator/campaigns/$campaignId", params: { campaignId: id } }),
  });
  return {
    decided,
    start,
    /** The form was not sent yet: leaving it loses what it has. */
    isUnsent: !start.isPending && !start.isSuccess,
    begin: () => {
      if (decided.ok) start.mutate(decided);
    },
  };
}
