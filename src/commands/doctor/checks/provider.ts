import { catchError, map, type Observable, of, switchMap, take } from "rxjs";

import type { Config } from "../../../config/schema.ts";
import type { Provider } from "../../../session/provider.ts";
import { ProviderError } from "../../../session/provider-error.ts";
import type { Dialer, Socket } from "../../../session/socket.ts";
import { findKey, isCloud, keyPlace } from "../../model-key.ts";
import type { Configured } from "../check.ts";
import { causeCodeOf, type Finding, failed, mistaken, ok, warn } from "../finding.ts";
import { modelUrl } from "../probes/addresses.ts";
import { isTlsFault } from "../probes/tls-fault.ts";

type Needs = Pick<Configured, "config" | "environment" | "provider" | "dialer">;

/** Whether the realtime model takes a call. It is hung up before a word is said, so it costs nothing. */
export function provider(scene: Needs): Observable<Finding> {
  const { config, environment, dialer } = scene;
  const badKey = keyTrouble(config, environment);
  if (badKey !== undefined) return of(badKey);
  return scene.provider(config).pipe(
    switchMap((model) => dialEither(model, dialer).pipe(map(() => answered(config, model.connection().url)))),
    take(1),
    catchError((error: unknown) => of(refused(error, config))),
  );
}

/** As a session does it: a model's name may have two spellings. */
function dialEither(model: Provider, dialer: Dialer): Observable<Socket> {
  const dial = model.dialer ?? dialer;
  return dial.dial(model.connection(), model.name).pipe(
    catchError((error: unknown) => {
      const isUnknown = error instanceof ProviderError && (error.status === 400 || error.status === 404);
      const other = isUnknown ? model.fallback?.() : undefined;
      if (other === undefined) throw error;
      return dial.dial(other, model.name);
    }),
  );
}

function keyTrouble({ model }: Config, environment: Configured["environment"]): Finding | undefined {
  const found = isCloud(model) ? findKey(model, environment) : { key: "" };
  return "key" in found ? undefined : mistaken(found.trouble, found.mend);
}

function answered(config: Config, url: string): Finding {
  const { protocol, host, hostname } = new URL(url);
  if (config.model.provider === "local") return ok("the embedded engine answers");
  const { provider } = config.model;
  // Gemini takes every call, and looks at the key when the session is set up.
  const found = `${provider} at ${host} ${provider === "gemini" ? "answers" : "takes the key"}`;
  if (protocol === "wss:" || hostname === "localhost" || hostname.startsWith("127.")) return ok(found);
  return warn(`${found}, over a line that anybody can read`, "Write model.url with wss://.");
}

function refused(error: unknown, config: Config): Finding {
  if (config.model.provider === "local")
    return failed(
      error,
      "Put the packages back (`npm ci`); the lines recognition and speech tell which part is missing.",
    );
  if (error instanceof ProviderError && error.status !== undefined) return answeredNo(error, error.status, config);
  return failed(error, networkMend(error, config));
}

function answeredNo(error: ProviderError, status: number, { model }: Config): Finding {
  const key = isCloud(model) ? keyPlace(model) : "";
  const sites = " Keys belong to one site: those of stepfun.com and stepfun.ai differ (model.url).";
  const mends: Readonly<Record<number, string>> = {
    401: `Put the right key into ${key}.${model.provider === "stepfun" ? sites : ""}`,
    402: "Top the account up.",
    403: `The plan of the key in ${key} does not include this model: change the plan, model.model or model.url.`,
    404: "Correct model.url and model.model, or leave both out for the usual ones.",
  };
  const mend = mends[status];
  if (mend !== undefined) return failed(error, mend);
  if (status === 429 || status >= 500) return warn(error.message, "The server is busy or broken: try again later.");
  return failed(error, "Is model.url a realtime endpoint? In a guest network, sign in with a browser first.");
}

function networkMend(error: unknown, config: Config): string {
  const code = causeCodeOf(error);
  const { hostname } = new URL(modelUrl(config) ?? "wss://localhost");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `The name ${hostname} is not known here: is there a network (\`getent hosts ${hostname}\`)? Else correct model.url.`;
  if (isTlsFault(code)) return "See the line `certificates`.";
  if (code === "ECONNREFUSED") return "Nothing listens there: correct model.url, or start that server.";
  return `Is there a way to ${hostname}? A firewall or a proxy may be between; Codriver needs outgoing WebSockets to it.`;
}
