import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";

import { codriver } from "../../support/codriver.ts";
import { soon } from "../../support/soon.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "codriver-bridge-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function bridge(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const running = codriver(["bridge", "covo", ...args], { cwd: folder, env });
  onTestFinished(() => void running.process.kill("SIGKILL"));
  return running;
}

/** The HTTP status that a client with this token is answered with. */
function knock(url: string, token: string): Promise<number | undefined> {
  const socket = new WebSocket(url, { headers: { Authorization: `Bearer ${token}` } });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve) => {
    socket.on("open", () => resolve(101));
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode));
    socket.on("error", () => resolve(undefined));
  });
}

describe("codriver bridge covo", () => {
  test("says first what the licence forbids, lets in who has the token, and ends at Ctrl-C", async () => {
    const { process, stdout, ended } = bridge(["--upstream", "http://gpu-host:8091", "--port", "0"]);
    await soon(() => expect(stdout()).toContain("Ctrl-C ends it."));
    expect(stdout()).toMatch(/^Covo-Audio is licensed for academic purposes only/);
    expect(stdout()).toContain("It asks tencent/Covo-Audio-Chat at http://gpu-host:8091/v1/chat/completions");
    expect(stdout()).toContain("unencrypted");
    const [, url = "", token = ""] = /at (ws:\S+)\nAuthorization: Bearer (\S+)/.exec(stdout()) ?? [];
    expect(await knock(url, token)).toBe(101);
    expect(await knock(url, "guessed")).toBe(401);
    process.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("tells programs the same in one line, but no token that they have chosen", async () => {
    const { stdout } = bridge(["--upstream", "http://localhost:1", "--port", "0", "--json"], {
      CODRIVER_BRIDGE_TOKEN: "chosen",
    });
    await soon(() => expect(stdout()).toMatch(/\n$/));
    const facts = JSON.parse(stdout()) as { url: string };
    expect(facts).toMatchObject({
      endpoint: "http://localhost:1/v1/chat/completions",
      model: "tencent/Covo-Audio-Chat",
      licence: expect.stringContaining("academic purposes only") as unknown,
      capabilities: { tools: "none", streaming: false },
    });
    expect(stdout()).not.toContain("chosen");
    expect(await knock(facts.url, "chosen")).toBe(101);
  });

  test("says what is wrong with an address, and where a port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const port = String((taken.address() as AddressInfo).port);
    const [address, busy] = await Promise.all([
      bridge(["--upstream", "gpu-host:8091"]).ended,
      bridge(["--upstream", "http://gpu-host:8091", "--port", port]).ended,
    ]);
    expect(address).toMatchObject({ code: 2, stdout: "" });
    expect(address.stderr).toMatch(/^--upstream: it begins with gpu-host:, not with http/);
    expect(busy).toMatchObject({ code: 3, stdout: "" });
    expect(busy.stderr).toContain(`port ${port} on 127.0.0.1 is already in use`);
  });
});
