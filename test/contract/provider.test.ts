import { onTestFinished } from "vitest";

import type { DialectName } from "../../src/engine/dialects/index.ts";
import { bind, serveRealtime } from "../../src/engine/server.ts";
import { gemini } from "../../src/providers/gemini.ts";
import { local } from "../../src/providers/local.ts";
import { openAi } from "../../src/providers/openai.ts";
import { scripted } from "../../src/providers/scripted.ts";
import { stepFun } from "../../src/providers/stepfun.ts";
import { FakeHearing, fakeSpeech } from "../support/engine-fakes.ts";
import { serveGemini } from "../support/gemini-server.ts";
import { serveOpenAi } from "../support/openai-server.ts";
import { NONSENSE, providerContract } from "./provider.ts";

const TOKEN = "a-token";

/** The engine's own server, with an ear and a voice that need no models. */
async function engine(order: string, dialect: DialectName = "stepfun"): Promise<string> {
  const server = serveRealtime(await bind(0), {
    token: TOKEN,
    allowedOrigins: [],
    dialect,
    instance: "test",
    ports: {
      speech: fakeSpeech(),
      openHearing: (grammar) => Promise.resolve(new FakeHearing([order], grammar)),
    },
  });
  onTestFinished(() => server.close());
  return server.url;
}

const OPEN = "open the driver window";
/** Plain clients bring no phrases: the engine makes some from the names and schemas of their tools. */
const OPEN_BY_SCHEMA = "set the driver window to one hundred";

providerContract("local", {
  order: OPEN,
  provider: async () => local({ url: await engine(OPEN), token: TOKEN }),
});

providerContract("stepfun, against the engine", {
  order: OPEN_BY_SCHEMA,
  provider: async () => stepFun({ url: await engine(OPEN_BY_SCHEMA), apiKey: TOKEN }),
});

providerContract("openai, against the engine", {
  order: OPEN_BY_SCHEMA,
  provider: async () => openAi({ url: await engine(OPEN_BY_SCHEMA, "openai"), apiKey: TOKEN }),
});

providerContract("gemini, against the engine", {
  order: OPEN_BY_SCHEMA,
  provider: async () => gemini({ url: await engine(OPEN_BY_SCHEMA, "gemini"), apiKey: TOKEN }),
});

const SCRIPT = [
  { heard: OPEN, says: "Okay.", calls: [{ name: "window_set", args: { zone: "driver", percent: 100 } }] },
  { heard: NONSENSE, says: "I can't do that." },
];

providerContract("scripted", { order: OPEN, provider: () => scripted(SCRIPT) });

providerContract("openai, against a script", {
  order: OPEN,
  provider: async () => openAi({ url: await serveOpenAi(SCRIPT, TOKEN), apiKey: TOKEN }),
});

providerContract("gemini, against a script", {
  order: OPEN,
  provider: async () => gemini({ url: await serveGemini(SCRIPT, TOKEN), apiKey: TOKEN }),
});
