import { localCertificate, type LocalCertificate } from "@databox-cmk/protocol";
import { LoadingState, Notice } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { ArrowResetRegular } from "@fluentui/react-icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { certificateQuery } from "../api/queries.ts";
import { CallProblem } from "../shell/call-problem.tsx";
import { ConfirmButton } from "../shell/confirm-button.tsx";
import { Columns, Page, Panel } from "../shell/page.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { BringCertificate } from "./bring-certificate.tsx";
import { CertificateFacts } from "./certificate-facts.tsx";

/** The certificate by which browsers know this page, and how to bring another one. */
export function CertificatesPage(): ReactElement {
  const texts = useTexts();
  const { api } = useNode();
  const certificate = useQuery(certificateQuery(api));
  const [hasChanged, setHasChanged] = useState(false);
  const changed = () => setHasChanged(true);
  return (
    <Page title={texts.certificates.title}>
      {hasChanged && (
        <div role="status">
          <Notice
            intent="success"
            title={texts.certificates.changedTitle}
            actions={<Button onClick={() => location.reload()}>{texts.ui.broken.reload}</Button>}
          >
            {texts.certificates.changed}
          </Notice>
        </div>
      )}
      <CallProblem error={certificate.error} />
      {certificate.isPending && <LoadingState />}
      {certificate.data !== undefined && (
        <Columns
          first={<CurrentCertificate shown={certificate.data} onChanged={changed} />}
          second={<BringCertificate onChanged={changed} />}
        />
      )}
    </Page>
  );
}

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

const DAY_MS = 86_400_000;
/** Data Box notifies three months before its certificates end. */
export const TELL_BEFORE_DAYS = 90;

/** Whole days from now to a moment; negative when it has passed. */
export function daysLeft(validTo: string, nowMs: number): number {
  return Math.floor((Date.parse(validTo) - nowMs) / DAY_MS);
}
