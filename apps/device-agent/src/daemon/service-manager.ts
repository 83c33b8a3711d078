import { spawn } from "node:child_process";

const PROGRAM = "systemd-notify";

/** The service manager that started the daemon, if one did (sd_notify(3)). */
export type ServiceManager = {
  /** Ready, and one line that `systemctl status` shows. */
  ready(status: string): void;
  /** A new line, if it differs from the last one. */
  status(text: string): void;
  stopping(): void;
};

/**
 * Uses systemd's own program, which exists where the socket does: Node cannot open datagram sockets
 * by path, and the library sd-notify is a native addon for each machine. The unit needs
 * `NotifyAccess=all`.
 *
 * @param socket - NOTIFY_SOCKET; without it nothing is sent
 */
export function createServiceManager(socket: string | undefined): ServiceManager {
  let told = "";
  const tell = (...parameters: readonly string[]) => {
    if (socket === undefined) return;
    const env = { NOTIFY_SOCKET: socket, PATH: "/usr/bin:/bin" };
    const child = spawn(PROGRAM, ["--no-block", ...parameters], { stdio: "ignore", env });
    // A service manager that receives nothing reports that itself.
    child.on("error", () => undefined);
  };
  return {
    ready(status) {
      told = status;
      tell("--ready", `--status=${status}`);
    },
    status(text) {
      if (text === told) return;
      told = text;
      tell(`--status=${text}`);
    },
    stopping() {
      tell("--stopping");
    },
  };
}
