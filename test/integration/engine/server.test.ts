import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";

import type { DialectName } from "../../../src/engine/dialects/index.ts";
import { bind, serveRealtime } from "../../../src/engine/server.ts";
import { FakeHearing, fakeSpeech } from "../../support/engine-fakes.ts";

const TOKEN = "right";

async function engine(dialect: DialectName = "stepfun") {
  const ears: FakeHearing[] = [];
  const server = serveRealtime(await bind(0), {
    token: TOKEN,
    allowedOrigins: ["http://127.0.0.1:8080"],
    dialect,
    instance: "test",
    ports: {
      speech: fakeSpeech(),
      openHearing: (grammar) => {
        const ear = new FakeHearing([], grammar);
        ears.push(ear);
        return Promise.resolve(ear);
      },
    },
  });
  onTestFinished(() => server.close());
  return { url: `${server.url}?model=any`, ears, server };
}

interface Knock {
  readonly token?: string;
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

function client(url: string, { token = TOKEN, origin, protocols = [], headers: own }: Knock = {}) {
  const headers = own ?? { Authorization: `Bearer ${token}` };
  const options = { headers, perMessageDeflate: true, ...(origin !== undefined && { origin }) };
  const socket = new WebSocket(url, [...protocols], options);
  onTestFinished(() => socket.terminate());
  const heard: { type: string; error?: { message: string } }[] = [];
  socket.on("message", (data) => heard.push(JSON.parse((data as Buffer).toString()) as (typeof heard)[number]));
  const status = new Promise<number | undefined>((resolve) => {
    socket.on("open", () => resolve(101));
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode));
    socket.on("error", () => resolve(undefined));
  });
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  return { socket, heard, status, closed };
}

/** Asks for an upgrade as nobody would, stays on the line, and says what it is told. */
async function stranger(url: string, target: string) {
  const { port, hostname } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined);
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return { socket, answer: answer.toString() };
}

describe("the engine's server lets in", () => {
  test("who has the token, and greets at once", async () => {
    const { url } = await engine();
    const { status, heard, socket } = client(url);
    expect(await status).toBe(101);
    await vi.waitFor(() => expect(heard[0]?.type).toBe("session.created"));
    expect(socket.extensions).toBe("");
  });

  test.for([
    ["a wrong token", { token: "wrong" }, 401, ""],
    ["no token", { token: "" }, 401, ""],
    ["a page it does not know", { origin: "http://evil.example" }, 403, ""],
    ["a page it knows", { origin: "http://127.0.0.1:8080" }, 101, ""],
    ["no model", {}, 400, "/v1/realtime"],
    ["another path", {}, 404, "/v2/chat?model=x"],
  ] as const)("or answers %s", async ([, options, expected, path]) => {
    const { url } = await engine();
    const target = path === "" ? url : new URL(path, url).href;
    expect(await client(target, options).status).toBe(expected);
  });

  test("four, and tells the fifth to come back", async () => {
    const { url } = await engine();
    const four = Array.from({ length: 4 }, () => client(url));
    expect(await Promise.all(four.map(({ status }) => status))).toEqual([101, 101, 101, 101]);
    expect(await client(url).status).toBe(503);
    four[0]?.socket.close();
    await four[0]?.closed;
    await vi.waitFor(async () => expect(await client(url).status).toBe(101));
  });
});

describe("the token may come", () => {
  const LIVE = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

  test.for([
    ["openai", "as a subprotocol", "", { protocols: ["realtime", "openai-insecure-api-key.right"] }, 101],
    ["openai", "wrong, as a subprotocol", "", { protocols: ["realtime", "openai-insecure-api-key.no"] }, 401],
    ["stepfun", "as a subprotocol, which is OpenAI's", "", { protocols: ["openai-insecure-api-key.right"] }, 401],
    ["gemini", "in the query", "?key=right", {}, 101],
    ["gemini", "in Google's header", "", { headers: { "x-goog-api-key": "right" } }, 101],
    ["gemini", "behind two slashes", `/${LIVE}?key=right`, {}, 101],
    ["gemini", "in the alpha version", `${LIVE.replace("v1beta", "v1alpha")}?key=right`, {}, 101],
    ["gemini", "wrong", "?key=no", { headers: { "x-goog-api-key": "no" } }, 401],
    ["gemini", "not at all", "", {}, 401],
    ["gemini", "where the others listen", "/v1/realtime?model=x&key=right", {}, 404],
  ] as const)("to %s %s", async ([dialect, , target, knock, expected]) => {
    const { server } = await engine(dialect);
    const url = target.startsWith("/") ? `${new URL(server.url).origin}${target}` : `${server.url}${target}`;
    const address = dialect === "gemini" ? url : `${url}?model=any`;
    const { status, socket } = client(address, { headers: {}, ...knock });
    expect(await status).toBe(expected);
    if (expected === 101 && dialect === "openai") expect(socket.protocol).toBe("realtime");
  });
});

test("a close has room for so many bytes, and its reason is cut there, between letters", async () => {
  const { server } = await engine("gemini");
  const { socket, status } = client(`${server.url}?key=${TOKEN}`);
  const closed = once(socket, "close");
  await status;
  socket.send(JSON.stringify({ ["\u00e9".repeat(100)]: {} }));
  const [code, reason] = (await closed) as [number, Buffer];
  expect(code).toBe(1007);
  expect(reason.byteLength).toBeGreaterThan(110);
  expect(reason.toString()).toMatch(/^invalid event format: unknown message "\u00e9+"?$/);
});

describe("the engine's server bears", () => {
  test("garbage, up to ten messages of it", async () => {
    const { url } = await engine();
    const { socket, heard, status, closed } = client(url);
    await status;
    socket.send("not json");
    socket.send("[".repeat(100_000));
    socket.send('{"type":"response.mystery"}');
    socket.send(`{"type":"${"a".repeat(300_000)}"}`);
    socket.send(`{"type":"response.create",${Array.from({ length: 5_000 }, (_, key) => `"${key}":0`).join()}}`);
    socket.send(Buffer.from([0xff, 0x00, 0xfe]), { binary: true });
    socket.send('{"type":"session.update","session":{}}');
    await vi.waitFor(() => expect(heard.at(-1)?.type).toBe("session.updated"));
    expect(heard.map(({ error }) => error?.message).filter(Boolean)).toEqual([
      "invalid event format: 8 bytes that are not JSON",
      "invalid event format: nested deeper than 32",
      'invalid event format: unknown type "response.mystery"',
      "invalid event format: 300011 bytes, more than 262144",
      "invalid event format: more than 4096 keys",
      "invalid event format: 3 bytes that are not JSON",
    ]);
    for (let more = 0; more < 4; more++) socket.send("{}");
    expect(await closed).toBe(1008);
  });

  test("nothing larger than a mebibyte", async () => {
    const { url } = await engine();
    const { socket, status, closed } = client(url);
    await status;
    socket.send(Buffer.alloc(2 * 1024 * 1024));
    expect(await closed).toBe(1009);
  });

  test("no message in endless pieces", async () => {
    const { url } = await engine();
    const { socket, status, closed } = client(url);
    await status;
    for (let part = 0; part < 1_100; part++) socket.send("x", { fin: false });
    expect(await closed).toBe(1008);
  });

  test.for(["//", "http://[", "/%", "*", ""])("a stranger who asks for %j", async (target) => {
    const { url } = await engine();
    const { answer } = await stranger(url, target);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(await client(url).status).toBe(101);
  });

  test("a client that vanishes: its ear is closed, others go on", async () => {
    const { url, ears } = await engine();
    const [leaving, staying] = [client(url), client(url)];
    await Promise.all([leaving.status, staying.status]);
    for (const { socket } of [leaving, staying]) {
      socket.send('{"type":"session.update","session":{"tools":[]}}');
      await vi.waitFor(() => expect(ears.length).toBeGreaterThan(socket === leaving.socket ? 0 : 1));
    }
    leaving.socket.terminate();
    await vi.waitFor(() => expect(ears.map(({ closed }) => closed)).toEqual([true, false]));
    staying.socket.send('{"type":"response.create"}');
    await vi.waitFor(() => expect(staying.heard.at(-1)?.type).toBe("response.done"));
  });

  test("a plain web request, and bytes that are no request", async () => {
    const { url } = await engine();
    const address = new URL(url);
    const response = await fetch(`http://${address.host}/`);
    expect(response.status).toBe(426);
    const raw = connect(Number(address.port), address.hostname);
    raw.end("\u0000\u0001 nonsense\r\n\r\n");
    await once(raw.resume(), "end");
    expect(await client(url).status).toBe(101);
  });
});

test("a taken port is named", async () => {
  const { url } = await engine();
  const { port } = new URL(url);
  await expect(bind(Number(port))).rejects.toMatchObject({
    name: "EngineError",
    code: "port-busy",
    message: `port ${port} on 127.0.0.1 is already in use: stop the program that has it, or choose another port for the engine`,
  });
});

test("it is there for this machine only, by one address", async () => {
  const { url } = await engine();
  const { port } = new URL(url);
  // Every 127.x.x.x reaches a server that listens everywhere.
  const elsewhere = connect({ port: Number(port), host: "127.0.0.2" });
  onTestFinished(() => void elsewhere.destroy());
  await expect(once(elsewhere, "connect")).rejects.toThrow();
});

test("closing does not wait for a refused stranger who stays on the line", async () => {
  const { url, server } = await engine();
  const { answer } = await stranger(url, "/v1/realtime?model=x");
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  await server.close();
});

test("closing hangs up on everybody", async () => {
  const { url, server } = await engine();
  const { status, closed } = client(url);
  await status;
  await server.close();
  expect(await closed).toBe(1006);
});
