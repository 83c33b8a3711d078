import { makeStyles, tokens } from "@fluentui/react-components";
import { type ReactElement, useEffect, useEffectEvent, useRef } from "react";

const useStyles = makeStyles({
  video: {
    width: "100%",
    maxWidth: "420px",
    aspectRatio: "1",
    objectFit: "cover",
    backgroundColor: "#000",
    borderRadius: tokens.borderRadiusMedium,
  },
});

/**
 * The camera's picture, until it shows a QR code. The decoder is loaded with the first use.
 *
 * @param onUnavailable - there is no camera, or the reader may not use it.
 */
export function QrCamera({
  label,
  onRead,
  onUnavailable,
}: {
  readonly label: string;
  readonly onRead: (text: string) => void;
  readonly onUnavailable: () => void;
}): ReactElement {
  const styles = useStyles();
  const video = useRef<HTMLVideoElement>(null);
  const read = useEffectEvent(onRead);
  const fail = useEffectEvent(onUnavailable);
  useEffect(() => {
    const player = video.current;
    if (player === null) return;
    const ending = new AbortController();
    watch(player, ending.signal, read).catch(() => {
      if (!ending.signal.aborted) fail();
    });
    return () => ending.abort();
  }, []);
  return <video ref={video} className={styles.video} aria-label={label} muted playsInline />;
}

/** Reads frames until the signal, and releases the camera with it. */
async function watch(
  player: HTMLVideoElement,
  signal: AbortSignal,
  onRead: (text: string) => void,
): Promise<void> {
  const { frameLoop, QRCanvas, rearCamera } = await import("qr/dom.js");
  const camera = await rearCamera(player);
  const canvas = new QRCanvas();
  const readFrame = async () => {
    const result = await camera.readFrame(canvas, true);
    if (typeof result === "string" && !signal.aborted) onRead(result);
  };
  const stopLoop = frameLoop(() => {
    // An unreadable frame is followed by another.
    readFrame().catch(() => undefined);
  }, player);
  const stop = () => {
    stopLoop();
    camera.stop();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
}
