import type { ObservableInput } from "rxjs";

import type { Config } from "../../config/schema.ts";
import { DocumentError } from "../../shared/yaml-document.ts";
import { type Finding, skipped } from "./finding.ts";
import type { Scene } from "./scene.ts";

/** At once, later, or for as long as somebody waits for it. */
export type Look = Finding | ObservableInput<Finding>;

/** One thing to look at. It may fail in any way: the runner makes a finding of it. */
export interface Check {
  /** As it is shown and as programs know it: lower case, with dashes. */
  readonly name: string;
  look(scene: Scene): Look;
  /** How long it may take; loading models takes longer than anything else. Default 5 s. */
  readonly withinMs?: number;
  /** It measures the machine and must not measure the other checks: it goes first, by itself. */
  readonly alone?: boolean;
}

/** A scene whose configuration is known to be good. */
export type Configured = Omit<Scene, "config"> & { readonly config: Config };

/** A check that makes no sense while the configuration is wrong. */
export function configured(check: Omit<Check, "look"> & { look(scene: Configured): Look }): Check {
  const needy: Check = {
    ...check,
    look(scene) {
      const { config } = scene;
      if (config instanceof DocumentError) return skipped("needs a configuration without mistakes");
      return check.look({ ...scene, config });
    },
  };
  return needy;
}
