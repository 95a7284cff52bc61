import { lastValueFrom, merge, take } from "rxjs";
import { openEngine } from "../engine/open-engine.ts";
import { EXIT } from "./explain.ts";
import { gone } from "./open-provider.ts";
import { print } from "./print.ts";
import { interrupted } from "./until-interrupted.ts";

export interface ModelOptions {
  readonly port: number;
}

/** Only the embedded realtime speech server, until Ctrl-C. */
export async function model({ port }: ModelOptions): Promise<number> {
  const engine = await openEngine({ port });
  try {
    print(`StepFun's realtime dialect at ${engine.url}?model=codriver`);
    print(`Authorization: Bearer ${engine.token}`);
    print("Ctrl-C ends it.");
    await lastValueFrom(merge(interrupted(), gone(engine)).pipe(take(1)), { defaultValue: undefined });
    return EXIT.ok;
  } finally {
    await engine.close();
  }
}
