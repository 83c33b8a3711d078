import { Button } from "@fluentui/react-components";
import { ArrowDownloadRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

/** Downloads a file that the page has made. */
export function saveFile(fileName: string, mediaType: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type: mediaType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}

export function DownloadButton({
  label,
  fileName,
  mediaType,
  content,
}: {
  readonly label: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly content: string;
}): ReactElement {
  return (
    <Button icon={<ArrowDownloadRegular />} onClick={() => saveFile(fileName, mediaType, content)}>
      {label}
    </Button>
  );
}
