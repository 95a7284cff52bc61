import { lastValueFrom, merge, take } from "rxjs";
import type { DialectName } from "../engine/dialects/index.ts";
import { type Engine, openEngine } from "../engine/open-engine.ts";
import { EXIT } from "./explain.ts";
import { gone } from "./open-provider.ts";
import { print } from "./print.ts";
import { interrupted } from "./until-interrupted.ts";

export interface ModelOptions {
  readonly port: number;
  readonly dialect: DialectName;
}

/** Only the embedded realtime speech server, until Ctrl-C. */
export async function model({ port, dialect }: ModelOptions): Promise<number> {
  const engine = await openEngine({ port, dialect });
  try {
    for (const line of HOW_TO_CONNECT[dialect](engine)) print(line);
    print("Ctrl-C ends it.");
    await lastValueFrom(merge(interrupted(), gone(engine)).pipe(take(1)), { defaultValue: undefined });
    return EXIT.ok;
  } finally {
    await engine.close();
  }
}

type Lines = (engine: Pick<Engine, "url" | "token">) => readonly string[];

/** For each dialect, what its clients are to be told. The token is of this run. */
const HOW_TO_CONNECT: Readonly<Record<DialectName, Lines>> = {
  stepfun: ({ url, token }) => [
    `StepFun's realtime dialect at ${url}?model=codriver`,
    `Authorization: Bearer ${token}`,
  ],
  openai: ({ url, token }) => [
    `OpenAI's realtime dialect at ${url}?model=codriver`,
    `Authorization: Bearer ${token}`,
    'RealtimeSession of @openai/agents-realtime, with the transport "websocket":',
    `  await session.connect({ apiKey: "${token}", url: "${url}?model=codriver" });`,
  ],
  gemini: ({ url, token }) => [
    `Google's Live dialect at ${url}?key=${token}`,
    "GoogleGenAI of @google/genai, then ai.live.connect with any model:",
    `  new GoogleGenAI({ apiKey: "${token}", httpOptions: { baseUrl: "http://${new URL(url).host}" } });`,
  ],
};
