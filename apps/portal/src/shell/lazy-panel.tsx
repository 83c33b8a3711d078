import { Button } from "@fluentui/react-components";
import { type ComponentType, lazy, type ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { AlertDialog } from "./alert-dialog.tsx";

type Closable = { readonly onClose: () => void };

/**
 * A panel or dialog whose code loads when it is first opened. If the code cannot be loaded, a dialog
 * says so and the page stays.
 */
export function lazyPanel<Properties extends Closable>(
  load: () => Promise<ComponentType<Properties>>,
) {
  return lazy<ComponentType<Properties>>(async () => ({
    default: await load().catch(() => NotLoaded),
  }));
}

function NotLoaded({ onClose }: Closable): ReactElement {
  const texts = useTexts();
  const { title, text } = texts.shell.notLoaded;
  return (
    <AlertDialog title={title} text={text} onDismiss={onClose}>
      <Button onClick={onClose}>{texts.ui.close}</Button>
    </AlertDialog>
  );
}
