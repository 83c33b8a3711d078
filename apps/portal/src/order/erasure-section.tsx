import { CERTIFICATE_CALLS, type ErasureStatement } from "@databox-cmk/protocol";
import { DownloadButton, Facts, Row, saveFile, Section, Time } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { ArrowDownloadRegular } from "@fluentui/react-icons";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { PersonName } from "../people/person-name.tsx";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { ORDER, RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { useOrderName, useOrderPart } from "./use-order.ts";

/** Shows the destroyed keys of an erased order, and the signed certificate. */
export function ErasureSection(): ReactElement {
  const texts = useTexts();
  const name = useOrderName();
  const erasure = useOrderPart(CERTIFICATE_CALLS.read);
  const { client } = useSignedIn();
  const pdf = useMutation({
    mutationFn: async () => {
      const file = await client.callFile(CERTIFICATE_CALLS.readPdf, { params: name });
      saveFile(`${name.jobName}-erasure.pdf`, file.type, file);
    },
  });
  return (
    <Section title={texts.order.erasure.title}>
      <QueryState of={erasure} />
      {erasure.data !== undefined && (
        <>
          <Text>{texts.order.erasure.text}</Text>
          <Facts
            facts={[
              [texts.order.erasure.at, <Time at={erasure.data.statement.erasedAt} />],
              [texts.order.erasure.by, <PersonName id={erasure.data.statement.by} />],
              [texts.order.erasure.copies, erasure.data.statement.destroyed.length],
              [
                texts.order.nodesTitle,
                (erasure.data.statement.nodes ?? []).map(({ serial }) => serial).join(", "),
              ],
              [
                texts.order.erasure.nodes,
                certifiedNodes(erasure.data.statement) || texts.order.erasure.noNodes,
              ],
            ]}
          />
          <ErasureCertificate
            certificate={erasure.data.certificate}
            orderName={name.jobName}
            pdfButton={
              <Button
                icon={<ArrowDownloadRegular />}
                disabledFocusable={pdf.isPending}
                onClick={() => pdf.mutate()}
              >
                {texts.order.erasure.downloadPdf}
              </Button>
            }
          />
          <QueryProblem error={pdf.error} />
          <Text size={200}>
            {texts.order.erasure.verify}{" "}
            <RouterLink inline to={`${ORDER}/activity`} params={name}>
              {`${texts.order.sections.activity} > ${texts.activity.evidence}`}
            </RouterLink>
          </Text>
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

/** The signed certificate as a file. Operators get no PDF of it. */
export function ErasureCertificate({
  certificate,
  orderName,
  pdfButton,
}: {
  readonly certificate: string;
  readonly orderName: string;
  readonly pdfButton?: ReactElement;
}): ReactElement {
  const texts = useTexts();
  return (
    <Row>
      {pdfButton}
      <DownloadButton
        label={texts.order.erasure.download}
        fileName={`${orderName}-erasure.jws`}
        mediaType="application/jose"
        content={certificate}
      />
    </Row>
  );
}
