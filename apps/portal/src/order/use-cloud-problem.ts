import type { CloudError } from "@databox-cmk/protocol";
import type { Problem } from "@databox-cmk/ui";
import { useQuery } from "@tanstack/react-query";

/** An error inside of a resource, explained; the table of codes is loaded with the first one. */
export function useCloudProblem(error: CloudError | undefined): Problem | undefined {
  const { data } = useQuery({
    queryKey: ["problem", error],
    queryFn: async () => {
      if (error === undefined) return null;
      const { problemOfError } = await import("../api/read-problem.ts");
      return problemOfError(error);
    },
    enabled: error !== undefined,
    staleTime: Infinity,
  });
  return error === undefined ? undefined : (data ?? undefined);
}
