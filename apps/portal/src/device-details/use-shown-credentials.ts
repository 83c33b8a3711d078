import type { NodeSecret } from "@databox-cmk/protocol";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { listCredentials } from "../api/credentials.ts";
import { useOrderName } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";

const SHOWN_SECONDS = 60;
const SECOND_MS = 1000;

export type ShownCredentials = {
  /**
   * Absent while hidden: they are stored nowhere else, so showing them again is another recorded
   * request.
   */
  readonly secrets: readonly NodeSecret[] | undefined;
  readonly secondsLeft: number;
  readonly isAsking: boolean;
  readonly error: Error | null;
  readonly show: () => void;
  readonly hide: () => void;
};

/** Shows the unlock keys for a minute. */
export function useShownCredentials(): ShownCredentials {
  const { client } = useSignedIn();
  const name = useOrderName();
  const [secondsLeft, setSecondsLeft] = useState(0);
  const { data, error, isPending, mutate, reset } = useMutation({
    mutationFn: () => listCredentials(client, name),
    gcTime: 0,
    onSuccess: () => setSecondsLeft(SHOWN_SECONDS),
  });
  const isShown = data !== undefined;
  useEffect(() => {
    if (!isShown) return;
    const timer = setInterval(() => setSecondsLeft((seconds) => seconds - 1), SECOND_MS);
    return () => clearInterval(timer);
  }, [isShown]);
  useEffect(() => {
    if (isShown && secondsLeft <= 0) reset();
  }, [isShown, secondsLeft, reset]);
  return {
    secrets: data,
    secondsLeft,
    isAsking: isPending,
    error,
    show: () => mutate(),
    hide: reset,
  };
}
