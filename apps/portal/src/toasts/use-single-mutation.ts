import { useOneRun } from "@databox-cmk/ui";
import {
  useMutation,
  type UseMutationOptions,
  type UseMutationResult,
} from "@tanstack/react-query";

/** A mutation that cannot begin again while it runs. */
export function useSingleMutation<Data, Variables = void>(
  options: UseMutationOptions<Data, Error, Variables>,
): UseMutationResult<Data, Error, Variables> {
  const run = useOneRun();
  const mutation = useMutation({
    ...options,
    onSettled: (...settled) => {
      run.ended();
      return options.onSettled?.(...settled);
    },
  });
  const mutate: typeof mutation.mutate = (...order) => {
    if (run.begins()) mutation.mutate(...order);
  };
  return { ...mutation, mutate };
}
