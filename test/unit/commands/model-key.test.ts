import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type CloudModel, findKey } from "../../../src/commands/model-key.ts";
import { cloudProvider, openProvider } from "../../../src/commands/open-provider.ts";
import { loadConfig } from "../../../src/config/load.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "codriver-key-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function keyFile(text: string, mode = 0o600): string {
  const path = join(folder, `key-${Math.abs(mode)}-${text.length}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const configOf = (keys: Readonly<Record<string, unknown>>) =>
  loadConfig(
    undefined,
    {},
    Object.entries(keys).map(([key, value]) => ({ key: `model.${key}`, value, from: "a test" })),
  );
const modelOf = (keys: Readonly<Record<string, unknown>>) => configOf(keys).model as CloudModel;

describe("a key is found", () => {
  test.for([
    ["stepfun", "STEPFUN_API_KEY"],
    ["openai", "OPENAI_API_KEY"],
    ["gemini", "GEMINI_API_KEY"],
  ] as const)("for %s in %s", ([provider, name]) => {
    expect(findKey(modelOf({ provider }), { [name]: "sk-1" })).toEqual({ key: "sk-1" });
    expect(findKey(modelOf({ provider }), {})).toMatchObject({ trouble: expect.stringContaining(name) as string });
  });

  test("in the variable or in the file that the configuration names", () => {
    const environment = { OPENAI_API_KEY: "usual", MINE: "own" };
    expect(findKey(modelOf({ provider: "openai", keyEnv: "MINE" }), environment)).toEqual({ key: "own" });
    const file = keyFile("from-a-file\n");
    expect(findKey(modelOf({ provider: "openai", keyFile: file }), environment)).toEqual({ key: "from-a-file" });
  });
});

describe("a key file is refused", () => {
  const found = (path: string) => findKey(modelOf({ provider: "openai", keyFile: path }), {});

  test.for([0o644, 0o640, 0o604, 0o660])("that others may read: %o", (mode) => {
    const path = keyFile("sk-secret", mode);
    expect(found(path)).toEqual({
      trouble: expect.stringContaining(`others may read ${path}`) as string,
      mend: `\`chmod 600 ${path}\``,
    });
  });

  test.for([
    ["is not there", () => join(folder, "nowhere"), /ENOENT/],
    ["is empty", () => keyFile("  \n"), /empty/],
    ["is a folder", () => folder, /no file with a key alone/],
    ["is a book", () => keyFile("x".repeat(5_000)), /no file with a key alone/],
    ["holds two keys", () => keyFile("sk-secret1\nsk-secret2"), /line ends/],
  ] as const)("that %s, without a word of what is in it", ([, path, trouble]) => {
    const answer = found(path());
    expect(answer).toMatchObject({ trouble: expect.stringMatching(trouble) as string });
    expect(JSON.stringify(answer)).not.toContain("secret");
  });
});

test("a model without its key is a mistake of the user, who reads how to mend it", async () => {
  await expect(openProvider(configOf({ provider: "gemini" }), {})).rejects.toMatchObject({
    name: "UsageError",
    message: expect.stringMatching(/GEMINI_API_KEY is not set\. .*export.*model\.keyFile/) as string,
  });
});

describe("a wire log", () => {
  const withLog = (wire: string, transcripts: boolean) => ({
    ...configOf({ provider: "stepfun", fallback: "none" }),
    log: { level: "silent" as const, wire },
    privacy: { transcripts },
  });

  test("keeps what was said, so it is only written where that may be kept", async () => {
    const path = join(folder, "refused.jsonl");
    await expect(openProvider(withLog(path, false), { STEPFUN_API_KEY: "k" })).rejects.toThrow(/privacy\.transcripts/);
    expect(existsSync(path)).toBe(false);
  });

  test("is for its owner only, and a place where it cannot be is a mistake of the user", async () => {
    const path = join(folder, "wire.jsonl");
    const opened = await openProvider(withLog(path, true), { STEPFUN_API_KEY: "k" });
    await opened.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(openProvider(withLog(folder, true), { STEPFUN_API_KEY: "k" })).rejects.toThrow(/log\.wire: EISDIR/);
  });
});

test("the bridge's token is a key, and no key of the configuration", () => {
  const config = loadConfig(undefined, { CODRIVER_BRIDGE_TOKEN: "t", CODRIVER_MODEL__PROVIDER: "covo" });
  expect(config.model.provider).toBe("covo");
});

test("a model is opened as configured", () => {
  const spec = { instructions: "", voice: "", tools: [], engine: undefined as never };
  const configured = (keys: Readonly<Record<string, unknown>>) =>
    JSON.stringify(cloudProvider(modelOf(keys), "k").codec().encode({ type: "configure", spec }));
  expect(configured({ provider: "stepfun", webSearch: {} })).toContain('"type":"web_search"');
  const retrieval = [{ description: "The handbook", vectorStoreId: "vs_7" }];
  expect(configured({ provider: "stepfun", retrieval })).toContain("vs_7");
  expect(configured({ provider: "gemini", webSearch: {} })).toContain("googleSearch");
  expect(configured({ provider: "gemini" })).not.toContain("googleSearch");
  expect(configured({ provider: "openai" })).toContain("semantic_vad");
  expect(configured({ provider: "openai", turnDetection: "server" })).toContain("server_vad");
  const own = cloudProvider(modelOf({ provider: "openai", url: "wss://own.example/rt", model: "m" }), "k");
  expect(own.connection()).toEqual({ url: "wss://own.example/rt?model=m", headers: { Authorization: "Bearer k" } });
});
