import { LoadingState, Notice } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { certificateQuery } from "../api/queries.ts";
import { CallProblem } from "../shell/call-problem.tsx";
import { Columns } from "../shell/columns.tsx";
import { Page } from "../shell/page.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { BringCertificate } from "./bring-certificate.tsx";
import { CurrentCertificate } from "./current-certificate.tsx";

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
