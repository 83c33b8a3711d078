import { spawn } from "node:child_process";

const PROGRAM = "systemd-notify";

/** The service manager that started the daemon, if one did (sd_notify(3)). */
export type ServiceManager = {
  /** Ready, and one line that `systemctl status` shows. */
  ready(status: string): void;
  /** Another line, where it differs from the last. */
  status(text: string): void;
  stopping(): void;
};

/**
 * By systemd's own program, which is there where the socket is: Node opens no datagram sockets by path, and sd-notify, the library
 * looked at, is a native addon for each machine. The unit needs `NotifyAccess=all`.
 *
 * @param socket - NOTIFY_SOCKET; without it nobody is told
 */
export function createServiceManager(socket: string | undefined): ServiceManager {
  let told = "";
  const tell = (...parameters: readonly string[]) => {
    if (socket === undefined) return;
    const env = { NOTIFY_SOCKET: socket, PATH: "/usr/bin:/bin" };
    const child = spawn(PROGRAM, ["--no-block", ...parameters], { stdio: "ignore", env });
    child.on("error", () => undefined); // a service manager that hears nothing says so itself
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
