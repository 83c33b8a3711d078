import type { LocalCertificateView } from "@databox-cmk/protocol";
import { CopyButton, type Fact, Facts, Time } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  fingerprint: {
    display: "inline-flex",
    alignItems: "start",
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: "anywhere",
  },
});

export function CertificateFacts({
  certificate,
  first = [],
}: {
  readonly certificate: LocalCertificateView;
  readonly first?: readonly Fact[];
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { subject, issuer, names, validFrom, validTo, fingerprint } = certificate;
  return (
    <Facts
      columns={1}
      facts={[
        ...first,
        [texts.certificates.subject, subject],
        [texts.certificates.issuer, issuer],
        [texts.certificates.names, names.join(", ")],
        [texts.certificates.validFrom, <Time at={validFrom} />],
        [texts.certificates.validTo, <Time at={validTo} />],
        [
          texts.certificates.fingerprint,
          <span className={styles.fingerprint}>
            {fingerprint}
            <CopyButton value={fingerprint} what={texts.certificates.fingerprint} />
          </span>,
        ],
      ]}
    />
  );
}
