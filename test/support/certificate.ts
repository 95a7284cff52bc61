import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const OPENSSL = "/usr/bin/openssl";

const CA = `[ca]
default_ca = own
[own]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
`;

/** A key and a certificate that nobody but itself has signed, for one host and time. */
export function selfSigned(
  host: string,
  validFrom: Date,
  validTo: Date,
): { readonly key: string; readonly cert: string } {
  const cwd = mkdtempSync(join(tmpdir(), "codriver-certificate-"));
  const openssl = (...args: readonly string[]) => execFileSync(OPENSSL, args, { cwd, stdio: "pipe" });
  const stamp = (date: Date) => date.toISOString().replace(/[-:T]|\.\d+/g, "");
  try {
    for (const [name, text] of Object.entries({ "ca.cnf": CA, index: "", serial: "01\n" }))
      writeFileSync(join(cwd, name), text);
    openssl(
      "req",
      "-new",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      "key.pem",
      "-out",
      "request.pem",
      "-subj",
      `/CN=${host}`,
      "-addext",
      `subjectAltName=DNS:${host}`,
    );
    openssl(
      "ca",
      "-config",
      "ca.cnf",
      "-batch",
      "-selfsign",
      "-notext",
      "-keyfile",
      "key.pem",
      "-in",
      "request.pem",
      "-out",
      "cert.pem",
      "-startdate",
      stamp(validFrom),
      "-enddate",
      stamp(validTo),
    );
    return { key: readFileSync(join(cwd, "key.pem"), "utf8"), cert: readFileSync(join(cwd, "cert.pem"), "utf8") };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
