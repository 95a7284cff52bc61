import type { Environment } from "../../../config/load.ts";
import type { Config } from "../../../config/schema.ts";
import { DocumentError } from "../../../shared/yaml-document.ts";
import { type Finding, mistaken, ok, warn } from "../finding.ts";
import type { Scene } from "../scene.ts";

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SECRET_KEY = /key|token|secret|password/i;

export function configuration({ config, file, environment }: Pick<Scene, "config" | "file" | "environment">): Finding {
  if (config instanceof DocumentError) return listed(config);
  const misplaced = secretsInPlaceOfNames(config);
  if (misplaced.length > 0) {
    return mistaken(
      `${misplaced.join(" and ")} must name a variable, and what stands there can be no name: is it the secret itself?`,
      "Put the secret into the environment, its variable's name into the file, and change the secret if others saw it.",
    );
  }
  const urls = urlsWithSecrets(config, environment);
  if (urls.length > 0) {
    return warn(
      `${urls.join(" and ")} in ${file ?? "the configuration"}: a password is part of the URL`,
      `Take it out of the URL: vehicle.username names the user, the variable ${config.vehicle.passwordEnv} holds the password.`,
    );
  }
  return ok(file ?? "defaults (no codriver.yaml here)");
}

function listed({ message, problems }: DocumentError): Finding {
  const isSecret = problems.some(({ key, reason }) => reason.startsWith("unknown key") && SECRET_KEY.test(key));
  const secrets = isSecret
    ? " Passwords and keys never belong in the file: set CODRIVER_MQTT_PASSWORD and STEPFUN_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY in the environment."
    : "";
  return mistaken(
    message,
    `Correct ${problems.length === 1 ? "this" : "these lines"}, then try \`codriver config check\`.${secrets}`,
  );
}

function secretsInPlaceOfNames({ vehicle, model }: Config): readonly string[] {
  const names = { "vehicle.passwordEnv": vehicle.passwordEnv, "model.keyEnv": model.keyEnv };
  return Object.entries(names)
    .filter(([, name]) => name !== undefined && !VARIABLE.test(name))
    .map(([key]) => key);
}

/** A variable is where a secret may be: only what the file says counts. */
function urlsWithSecrets({ vehicle, model }: Config, environment: Environment): readonly string[] {
  const urls = [
    { key: "vehicle.broker", url: vehicle.broker, variable: "CODRIVER_VEHICLE__BROKER" },
    { key: "model.url", url: model.url ?? "", variable: "CODRIVER_MODEL__URL" },
  ];
  return urls
    .filter(
      ({ url, variable }) => environment[variable] === undefined && URL.canParse(url) && new URL(url).password !== "",
    )
    .map(({ key }) => key);
}
