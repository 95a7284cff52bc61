import type { Configured } from "../check.ts";
import { type Finding, missing, ok, skipped, warn } from "../finding.ts";
import { tlsAddresses } from "../probes/addresses.ts";
import type { CertificateFacts, TlsAddress } from "../probes/certificate.ts";

const SOON_DAYS = 21;
const MS_PER_DAY = 86_400_000;

type Needs = Pick<Configured, "config" | "certificate" | "machine">;

/** Whether the certificates of broker and model are trusted, are theirs, and for how long yet. */
export async function certificates({ config, certificate, machine }: Needs): Promise<Finding> {
  const addresses = tlsAddresses(config);
  if (addresses.length === 0) return skipped("no link of this configuration uses TLS");
  const { now } = machine();
  const findings = await Promise.all(
    addresses.map((address) =>
      certificate(address).then(
        (facts) => judged(address, facts, now),
        () => skipped(`${address.name} shows none`),
      ),
    ),
  );
  return worstOf(findings);
}

function judged({ name, host }: TlsAddress, facts: CertificateFacts, now: Date): Finding {
  const { validFrom, validTo, names, otherHost, untrusted } = facts;
  const days = Math.floor((validTo.getTime() - now.getTime()) / MS_PER_DAY);
  const until = `${name}: valid until ${dayOf(validTo)}`;
  if (now < validFrom)
    return missing(
      `${name}: valid only from ${dayOf(validFrom)}`,
      "Look at the line `clock`; if it is right, wait or renew.",
    );
  if (now > validTo)
    return missing(
      `${name}: expired on ${dayOf(validTo)}`,
      "Renew the server's certificate, and look at the line `clock`.",
    );
  if (otherHost)
    return missing(
      `${name}: the certificate is for ${names.join(", ")}, not for ${host}`,
      "Use one of those names in the URL, or give the server a certificate for this one.",
    );
  if (untrusted !== undefined)
    return missing(
      `${name}: nobody who is trusted here has signed it (${untrusted})`,
      "Start Codriver with NODE_EXTRA_CA_CERTS=/path/to/ca.pem in its environment, or install a signed certificate.",
    );
  if (days >= SOON_DAYS) return ok(`${until}, ${days} days`);
  return warn(`${until}, ${days} days only`, "Renew the server's certificate in time.");
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/** All that was found, with the standing of the worst and the cures of all. */
function worstOf(findings: readonly Finding[]): Finding {
  const order: readonly Finding["status"][] = ["fail", "warn", "ok", "skipped"];
  const [worst, ...others] = findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  if (worst === undefined) return skipped("none");
  const found = [worst, ...others].map((one) => one.found).join("\n");
  if (!("mend" in worst)) return { ...worst, found };
  const mends = [worst, ...others].flatMap((one) => ("mend" in one ? [one.mend] : []));
  return { ...worst, found, mend: [...new Set(mends)].join(" ") };
}
