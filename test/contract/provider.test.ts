import { onTestFinished } from "vitest";

import { bind, serveRealtime } from "../../src/engine/server.ts";
import { local } from "../../src/providers/local.ts";
import { scripted } from "../../src/providers/scripted.ts";
import { stepFun } from "../../src/providers/stepfun.ts";
import { FakeHearing, fakeSpeech } from "../support/engine-fakes.ts";
import { NONSENSE, providerContract } from "./provider.ts";

const TOKEN = "a-token";

/** The engine's own server, with an ear and a voice that need no models. */
async function engine(order: string): Promise<string> {
  const server = serveRealtime(await bind(0), {
    token: TOKEN,
    allowedOrigins: [],
    dialect: "stepfun",
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

providerContract("scripted", {
  order: OPEN,
  provider: () =>
    scripted([
      { heard: OPEN, says: "Okay.", calls: [{ name: "window_set", args: { zone: "driver", percent: 100 } }] },
      { heard: NONSENSE, says: "I can't do that." },
    ]),
});
