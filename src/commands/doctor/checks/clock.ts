import type { Config } from "../../../config/schema.ts";
import { DocumentError } from "../../../shared/yaml-document.ts";
import { type Finding, missing, ok, warn } from "../finding.ts";
import { tlsAddresses } from "../probes/addresses.ts";
import type { Scene } from "../scene.ts";

/** A head unit without a battery for its clock starts in 1970, or on the day its image was built. */
const FIRST_YEAR = 2024;
const MEND = "Set the clock: `timedatectl set-ntp true`, or `date -s` where there is no network.";

export function clock({ machine, config }: Pick<Scene, "machine" | "config">): Finding {
  const { now } = machine();
  const shown = `${now.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  if (now.getUTCFullYear() >= FIRST_YEAR) return ok(shown);
  if (needsTls(config)) return missing(`${shown}: every TLS certificate will seem to be from the future`, MEND);
  return warn(`${shown}: times in logs and on MQTT will be wrong`, MEND);
}

function needsTls(config: Config | DocumentError): boolean {
  return !(config instanceof DocumentError) && tlsAddresses(config).length > 0;
}
