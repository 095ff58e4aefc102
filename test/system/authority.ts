// A private certificate authority, made with openssl.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Folder } from './folder.ts';

const openssl = (...args: string[]) => promisify(execFile)('openssl', args);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export interface Authority {
  /** Path of the authority's certificate. */
  readonly ca: string;
  /** The authority's certificate. */
  certificate(): Promise<Buffer>;
  /** Signs a server's certificate for a name such as `DNS:localhost`; it is good for so many days, with 0 until now. */
  sign(subject: string, days?: number): Promise<{ cert: string; key: string }>;
}

export async function createAuthority(folder: Folder): Promise<Authority> {
  const ca = folder.file('authority.pem');
  const caKey = folder.file('authority.key');
  await openssl('req', '-x509', ...newKey, '-subj', '/CN=A house', '-days', '2', '-keyout', caKey, '-out', ca);
  return {
    ca,
    certificate: () => readFile(ca),
    async sign(subject, days = 2) {
      const file = (ending: string) => folder.file(`${subject.replaceAll(/\W/g, '-')}.${ending}`);
      const [key, request, names, cert] = [file('key'), file('csr'), file('names'), file('pem')];
      await writeFile(names, `subjectAltName=${subject}\n`);
      await openssl('req', ...newKey, '-subj', '/CN=A broker', '-keyout', key, '-out', request);
      const signing = ['-in', request, '-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-extfile', names];
      await openssl('x509', '-req', ...signing, '-days', String(days), '-out', cert);
      return { cert, key };
    },
  };
}
