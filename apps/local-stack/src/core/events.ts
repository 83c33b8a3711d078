type NodeResult = {
  readonly node: string;
  readonly outcome: string;
  readonly volume: string;
};

/** One event, as `--json` prints it: one object per line. Never holds a secret. */
export type StackEvent =
  | { readonly event: "stack"; readonly outcome: "ready"; readonly stackFile: string }
  | { readonly event: "step"; readonly step: string; readonly detail: string }
  | ({ readonly event: "prepare" } & NodeResult)
  | ({ readonly event: "lock" } & NodeResult)
  | { readonly event: "erase"; readonly node: string; readonly outcome: "erased" }
  | {
      readonly event: "unlock";
      readonly node: string;
      /** Other than `unlock`. */
      readonly purpose?: "ingest" | undefined;
      readonly outcome: "unlocked" | "refused" | "unreachable";
      readonly volume: string;
      /**
       * The volume kind that accepted the key: cryptsetup, or the portable volume's authenticated
       * header.
       */
      readonly proof?: string | undefined;
      readonly code?: string | undefined;
      readonly reason?: string | undefined;
      readonly title?: string | undefined;
      readonly message?: string | undefined;
      readonly who?: string | undefined;
      readonly steps?:
        | readonly { readonly text: string; readonly command?: string | undefined }[]
        | undefined;
    }
  | { readonly event: "story"; readonly outcome: "done" }
  /** A process of the stack has ended by itself; the rest goes on without it. */
  | {
      readonly event: "child";
      readonly outcome: "ended";
      readonly name: string;
      readonly cause: string;
    }
  /** A node's own page is open, until the stack ends. */
  | {
      readonly event: "page";
      readonly outcome: "serving";
      readonly node: string;
      readonly uiUrl: string;
    }
  /** It has ended before the stack: the node is erased, for example. */
  | {
      readonly event: "page";
      readonly outcome: "ended";
      readonly node: string;
      readonly cause: string;
    };

export type Timed<Event> = Event & { readonly elapsedMs: number };
export type Report = (event: Timed<StackEvent>) => void;
