import { type LocalCertificate, localCertificate } from "@databox-cmk/protocol";
import { Notice } from "@databox-cmk/ui";
import { ArrowResetRegular } from "@fluentui/react-icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { certificateQuery } from "../api/queries.ts";
import { daysLeft, TELL_BEFORE_DAYS } from "../core/days-left.ts";
import { CallProblem } from "../shell/call-problem.tsx";
import { ConfirmButton } from "../shell/confirm-button.tsx";
import { Panel } from "../shell/panel.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { CertificateFacts } from "./certificate-facts.tsx";

/** The certificate in use; a brought one can be removed. */
export function CurrentCertificate({
  shown,
  onChanged,
}: {
  readonly shown: LocalCertificate;
  readonly onChanged: () => void;
}): ReactElement {
  const texts = useTexts();
  const { api } = useNode();
  const queryClient = useQueryClient();
  const { source, certificate } = shown;
  const revert = useMutation({
    mutationFn: () => api.call("POST", "/api/certificate/revert", localCertificate, {}),
    onSuccess: (own) => {
      queryClient.setQueryData(certificateQuery(api).queryKey, own);
      onChanged();
    },
  });
  const days = daysLeft(certificate.validTo, Date.now());
  return (
    <Panel title={texts.certificates.current}>
      {/*
       * The appliance renews its own certificate; the owner of a brought one must bring the next.
       */}
      {source === "customer" && days < TELL_BEFORE_DAYS && (
        <Notice intent="warning" title={texts.certificates.endsSoonTitle}>
          {days < 0 ? texts.certificates.ended : texts.certificates.endsSoon(days)}
        </Notice>
      )}
      <CertificateFacts
        certificate={certificate}
        first={[[texts.certificates.source, texts.certificates.sources[source]]]}
      />
      {source === "customer" && (
        <div>
          <ConfirmButton
            icon={<ArrowResetRegular />}
            words={texts.certificates.revert}
            disabled={revert.isPending}
            onConfirm={() => revert.mutate()}
          />
        </div>
      )}
      <CallProblem error={revert.error} />
    </Panel>
  );
}
