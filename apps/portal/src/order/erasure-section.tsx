import type { ErasureStatement } from "@databox-cmk/protocol";
import { DownloadButton, Facts, Section, Time } from "@databox-cmk/ui";
import { Link, Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { certificatePdfPath, readErasureCertificate } from "../api/erasure-certificate.ts";
import { PersonName } from "../people/person-name.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { useOrderName, useOrderPart } from "./use-order.ts";

/** For an erased order: the destroyed keys, and the signed certificate. */
export function ErasureSection(): ReactElement {
  const texts = useTexts();
  const name = useOrderName();
  const erasure = useOrderPart("erasureCertificate", readErasureCertificate);
  return (
    <Section title={texts.order.erasure.title}>
      <QueryState of={erasure} />
      {erasure.data !== undefined && (
        <>
          <Text>{texts.order.erasure.text}</Text>
          <Facts
            facts={[
              {
                label: texts.order.erasure.at,
                value: <Time at={erasure.data.statement.erasedAt} />,
              },
              {
                label: texts.order.erasure.by,
                value: <PersonName id={erasure.data.statement.by} />,
              },
              {
                label: texts.order.erasure.copies,
                value: erasure.data.statement.destroyed.length,
              },
              {
                label: texts.order.nodesTitle,
                value: (erasure.data.statement.nodes ?? []).map(({ serial }) => serial).join(", "),
              },
              {
                label: texts.order.erasure.nodes,
                value: certifiedNodes(erasure.data.statement) || texts.order.erasure.noNodes,
              },
            ]}
          />
          <Link href={certificatePdfPath(name)} download>
            {texts.order.erasure.downloadPdf}
          </Link>
          <ErasureCertificate certificate={erasure.data.certificate} orderName={name.jobName} />
        </>
      )}
    </Section>
  );
}

/** Serial numbers of the nodes whose own certificates are in that of the order. */
function certifiedNodes({ nodes = [] }: ErasureStatement): string {
  return nodes
    .filter(({ sanitisation }) => sanitisation !== undefined)
    .map(({ serial }) => serial)
    .join(", ");
}

/** The signed certificate as a file. */
export function ErasureCertificate({
  certificate,
  orderName,
}: {
  readonly certificate: string;
  readonly orderName: string;
}): ReactElement {
  const texts = useTexts();
  return (
    <>
      <div>
        <DownloadButton
          label={texts.order.erasure.download}
          fileName={`${orderName}-erasure.jws`}
          mediaType="application/jose"
          content={certificate}
        />
      </div>
      <Text size={200}>
        {texts.order.erasure.verify}{" "}
        <code>{`broker certificate verify ${orderName}-erasure.jws --keys keys.json`}</code>
      </Text>
    </>
  );
}
