import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mosquittoAcl, ROLES } from "../../src/mqtt/acl.ts";
import { randomPasswords } from "../../src/mqtt/embedded-broker.ts";
import { ROOT, type RunningBroker } from "./broker.ts";

/** Debian's package puts it here; it is not on everybody's PATH. */
export const MOSQUITTO = "/usr/sbin/mosquitto";

/** A real Mosquitto on a free loopback port with the contract's users and access rules, and no memory on disk. */
export async function startMosquitto(): Promise<RunningBroker> {
  const directory = mkdtempSync(join(tmpdir(), "codriver-mosquitto-"));
  const passwords = randomPasswords();
  const port = await freePort();
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const users = file("users", ROLES.map((role) => `${role}:${passwords[role]}\n`).join(""));
  execFileSync("mosquitto_passwd", ["-U", users]);
  const config = file(
    "mosquitto.conf",
    [
      `listener ${port} 127.0.0.1`,
      "user root",
      "allow_anonymous false",
      "use_username_as_clientid true",
      "persistence false",
      "set_tcp_nodelay true",
      "max_packet_size 65536",
      `password_file ${users}`,
      `acl_file ${file("acl", mosquittoAcl(ROOT))}`,
    ].join("\n"),
  );
  let process = await run(config, port);
  return {
    port,
    credentials: (role) => ({ username: role, password: passwords[role] }),
    restart: async () => {
      await stop(process);
      process = await run(config, port);
    },
    close: async () => {
      await stop(process);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function run(config: string, port: number): Promise<ChildProcess> {
  const child = spawn(MOSQUITTO, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said = `${said}${text.toString()}`.slice(-4_000);
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}: ${said}`);
  }
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

/** Whether somebody listens: one connection attempt, which takes as long as it takes. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => setImmediate(resolve, false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
